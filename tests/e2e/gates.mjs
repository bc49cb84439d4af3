// Web servers of our own that hand out files through the gate, each in a
// folder below that of the running Rung, with its database and its account.
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, readdirSync, readlinkSync,
  rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { env, top, until } from './lib.mjs';

const owner = statSync(env.RUNG_CONFIG);
const modules = '/usr/lib/apache2/modules';

export const report = 'month,amount\n2026-01,5278\n';

function sample(name, dir) {
  return readFileSync(path.join(top, 'etc/samples', name), 'utf8')
    .replace('/home/you/rung/cgi-bin', `${dir}/cgi-bin`)
    .replace('/run/rung/gate.sock', `${dir}/gate.sock`);
}

// The block of a folder as the site of quickstart has it.
function lighttpdBlock(dir) {
  const [, block] = readFileSync(path.join(top, 'etc/lighttpd.conf.in'), 'utf8')
    .match(/(\$HTTP\["url"\] =~ "\^\/files\/" \{.*?\n\})/s);
  return block.replaceAll('@DIR@/sockets', dir).replaceAll('@DIR@', dir);
}

const spawnFcgi = `use Socket; my ($socket, $program) = @ARGV; umask 077;
  socket(S, PF_UNIX, SOCK_STREAM, 0) or die; bind(S, sockaddr_un($socket)) or die "bind: $!";
  listen(S, 1024) or die; open(STDIN, "<&S") or die; exec $program or die`;

// Each: how it is started, what it needs beside, and its configuration.  All
// hand out /files/ for export:csv and /mute/ for a capability not named, and
// rewrite /pretty/ to /files/.
export const kinds = {
  'Apache, .htaccess': {
    command: (dir) => ['apache2', '-D', 'FOREGROUND', '-f', `${dir}/server.conf`],
    files: (dir) => ({ 'htdocs/files/.htaccess': sample('htaccess', dir),
      'htdocs/mute/.htaccess': sample('htaccess', dir).replace(/^SetEnvIf.*$/m, '') }),
    conf: (dir, port) => `ServerRoot "${dir}"
DefaultRuntimeDir "${dir}/tmp"
PidFile "${dir}/server.pid"
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
ErrorLog "${dir}/error.log"
${['mpm_event', 'authz_core', 'alias', 'dir', 'setenvif', 'rewrite', 'fcgid'].map((name) =>
    `LoadModule ${name}_module "${modules}/mod_${name}.so"`).join('\n')}
FcgidIPCDir "${dir}/tmp"
FcgidProcessTableFile "${dir}/tmp/fcgid.table"
DocumentRoot "${dir}/htdocs"
<Directory "${dir}/htdocs">
	AllowOverride All
	Require all granted
	DirectoryIndex index.html
</Directory>
AllowEncodedSlashes NoDecode
RewriteEngine On
RewriteRule ^/pretty/(.*)$ /files/$1 [PT]
`,
  },
  'lighttpd': {
    command: (dir) => ['lighttpd', '-D', '-f', `${dir}/server.conf`],
    files: () => ({}),
    conf: (dir, port) => `server.modules = ( "mod_rewrite", "mod_setenv", "mod_fastcgi", "mod_staticfile" )
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${dir}/htdocs"
server.errorlog = "${dir}/error.log"
index-file.names = ( "index.html" )
mimetype.assign = ( "" => "application/octet-stream" )
url.rewrite-once = ( "^/pretty/(.*)$" => "/files/$1" )
${lighttpdBlock(dir)}
${lighttpdBlock(dir).replace('/files/', '/mute/').replace(/^.*RUNG_CAPABILITY.*$/m, '')
    .replace(`${dir}/gate"`, `${dir}/mute"`)}
`,
  },
  'nginx': {
    command: (dir) => ['nginx', '-p', dir, '-c', `${dir}/server.conf`, '-e', `${dir}/error.log`],
    spawns: true,
    files: (dir) => ({ 'gate.conf': sample('nginx-gate.conf', dir) }),
    conf: (dir, port) => `daemon off;
${owner.uid === 0 ? 'user root;' : ''}
pid ${dir}/server.pid;
worker_processes 1;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${dir}/tmp/body;
  fastcgi_temp_path ${dir}/tmp/fastcgi;
  proxy_temp_path ${dir}/tmp/proxy;
  uwsgi_temp_path ${dir}/tmp/uwsgi;
  scgi_temp_path ${dir}/tmp/scgi;
  server {
    listen 127.0.0.1:${port};
    root ${dir}/htdocs;
    rewrite ^/pretty/(.*)$ /files/$1;
    include ${dir}/gate.conf;
    location /mute/ { auth_request /rung-gate; }
  }
}
`,
  },
};

function start(dir, command) {
  const [file, ...args] = process.getuid() === owner.uid ? command : ['setpriv',
    `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', '--', ...command];
  const child = spawn(file, args, { cwd: dir, stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` }, detached: true });
  child.ended = new Promise((resolve) => { child.on('exit', resolve); });
  return child;
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => { server.on('listening', resolve); });
  const { port } = server.address();
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

function own(place) {
  if (process.getuid() !== owner.uid) chownSync(place, owner.uid, owner.gid);
  if (statSync(place).isDirectory())
    for (const name of readdirSync(place)) own(path.join(place, name));
}

function lay(dir, files) {
  for (const name of ['cgi-bin', 'etc', 'tmp', 'htdocs/files/deep', 'htdocs/mute'])
    mkdirSync(path.join(dir, name), { recursive: true });
  const gate = path.join(dir, 'cgi-bin/gate.fcgi');
  copyFileSync(path.join(env.RUNG_DIR, 'cgi-bin/gate.fcgi'), gate);
  chmodSync(gate, 0o700);
  writeFileSync(path.join(dir, 'etc/rung.yaml'), readFileSync(env.RUNG_CONFIG), { mode: 0o600 });
  for (const name of ['files/report.csv', 'files/a b.csv', 'files/deep/x.csv', 'mute/report.csv'])
    writeFileSync(path.join(dir, 'htdocs', name), report);
  writeFileSync(path.join(dir, 'htdocs/files/index.html'), '<title>Files</title>');
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dir, name), text);
  own(dir);
}

// A GET of exactly this target: {status, headers, text}; status 0 if none came.
export function fetchFile(server, target, { headers = {}, method = 'GET' } = {}) {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve) => {
    http.request({ hostname, port, method, path: target, headers, agent: false }, (answer) => {
      let text = '';
      answer.on('data', (part) => { text += part; });
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    }).on('error', () => resolve({ status: 0, headers: {}, text: '' })).end();
  });
}

// The gate of this folder is gone: no program, and no process of it.
async function removeGate(dir) {
  const program = path.join(dir, 'cgi-bin/gate.fcgi');
  const processes = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/exe`).startsWith(program);
    } catch {
      return false;
    }
  });
  rmSync(program);
  await until(() => {
    const all = processes();
    for (const pid of all) process.kill(Number(pid), 'SIGKILL');
    return all.length === 0;
  }, { what: 'the gate is gone' });
}

let count = 0;

// A server of this kind: {url, dir, removeGate(), stop()}.
export async function serveFiles(name) {
  const kind = kinds[name];
  count += 1;
  const dir = path.join(env.RUNG_DIR, 'tmp', `gate-${process.pid}-${count}`);
  const port = await freePort();
  mkdirSync(dir);
  lay(dir, {});
  lay(dir, { ...kind.files(dir), 'server.conf': kind.conf(dir, port) });
  const children = [start(dir, kind.command(dir))];
  if (kind.spawns)
    children.push(start(dir, ['perl', '-e', spawnFcgi, `${dir}/gate.sock`,
      `${dir}/cgi-bin/gate.fcgi`]));
  const server = { url: `http://127.0.0.1:${port}`, dir, removeGate: () => removeGate(dir), stop: async () => {
    for (const child of children) {
      child.kill('SIGTERM');
      await child.ended;
    }
  } };
  try {
    await until(async () => (await fetchFile(server, '/files/report.csv')).status === 403,
      { within: 20000, what: `${name} answers` });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}
