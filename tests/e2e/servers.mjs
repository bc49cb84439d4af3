// Web servers of our own with one program behind them, the one that waits, each in a folder below that of the running Rung, with its database,
// its var and its account.
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, statSync,
  writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { env, until } from './lib.mjs';

const owner = statSync(env.RUNG_CONFIG);
const modules = '/usr/lib/apache2/modules';

// Whose the running Rung is, all of these are: only he reads its secrets.
function asOwner(command) {
  if (process.getuid() === owner.uid) return command;
  return ['setpriv', `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', '--',
    ...command];
}

function start(dir, command) {
  const [file, ...args] = asOwner(command);
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

// A program on a socket, for servers that start none themselves.
const spawnFcgi = `use Socket; my ($socket, $program) = @ARGV; umask 077;
  socket(S, PF_UNIX, SOCK_STREAM, 0) or die; bind(S, sockaddr_un($socket)) or die "bind: $!";
  listen(S, 4096) or die; open(STDIN, "<&S") or die; exec $program or die`;

const apache = (dir, port) => `ServerRoot "${dir}"
DefaultRuntimeDir "${dir}/tmp"
PidFile "${dir}/server.pid"
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
ErrorLog "${dir}/error.log"
LoadModule mpm_event_module "${modules}/mod_mpm_event.so"
LoadModule authz_core_module "${modules}/mod_authz_core.so"
LoadModule alias_module "${modules}/mod_alias.so"
DocumentRoot "${dir}/htdocs"
AllowEncodedSlashes NoDecode
`;

const cgiFolder = (dir) => `<Directory "${dir}/cgi-bin">
	Require all granted
	Options +ExecCGI
	CGIPassAuth On
</Directory>
`;

// Each: what it is called, how it is started, and the signal of its restart.
export const kinds = {
  'mod_fcgid': {
    command: (dir) => ['apache2', '-D', 'FOREGROUND', '-f', `${dir}/server.conf`],
    restart: 'SIGUSR1',
    conf: (dir, port) => `${apache(dir, port)}LoadModule fcgid_module "${modules}/mod_fcgid.so"
FcgidIPCDir "${dir}/tmp"
FcgidProcessTableFile "${dir}/tmp/fcgid.table"
FcgidMinProcessesPerClass 0
FcgidOutputBufferSize 0
${cgiFolder(dir)}<Files "watch.fcgi">
	SetHandler fcgid-script
</Files>
AliasMatch "^(/v1/.*)$" "${dir}/cgi-bin/watch.fcgi$1"
`,
  },
  'mod_proxy_fcgi': {
    command: (dir) => ['apache2', '-D', 'FOREGROUND', '-f', `${dir}/server.conf`],
    restart: 'SIGUSR1', spawns: true,
    conf: (dir, port) => `${apache(dir, port)}LoadModule proxy_module "${modules}/mod_proxy.so"
LoadModule proxy_fcgi_module "${modules}/mod_proxy_fcgi.so"
ProxyPass "/" "unix:${dir}/watch.sock|fcgi://localhost/" flushpackets=on
`,
  },
  'Apache, plain CGI': {
    command: (dir) => ['apache2', '-D', 'FOREGROUND', '-f', `${dir}/server.conf`],
    restart: 'SIGUSR1',
    conf: (dir, port) => `${apache(dir, port)}LoadModule cgid_module "${modules}/mod_cgid.so"
ScriptSock "${dir}/tmp/cgid.sock"
${cgiFolder(dir)}<Files "watch.cgi">
	SetHandler cgi-script
</Files>
AliasMatch "^(/v1/.*)$" "${dir}/cgi-bin/watch.cgi$1"
`,
  },
  'lighttpd, FastCGI': {
    command: (dir) => ['lighttpd', '-D', '-f', `${dir}/server.conf`],
    restart: 'SIGUSR1',
    conf: (dir, port) => `server.modules = ( "mod_fastcgi" )
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${dir}/htdocs"
server.errorlog = "${dir}/error.log"
server.stream-response-body = 1
server.feature-flags = ( "server.graceful-shutdown-timeout" => 4 )
fastcgi.server = ( "/" => (( "bin-path" => "${dir}/cgi-bin/watch.fcgi",
  "socket" => "${dir}/watch.sock", "check-local" => "disable",
  "fix-root-scriptname" => "enable", "tcp-fin-propagate" => "enable", "max-procs" => 1 )))
`,
  },
  'lighttpd, CGI': {
    command: (dir) => ['lighttpd', '-D', '-f', `${dir}/server.conf`],
    restart: 'SIGUSR1',
    conf: (dir, port) => `server.modules = ( "mod_alias", "mod_rewrite", "mod_cgi" )
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${dir}/htdocs"
server.errorlog = "${dir}/error.log"
server.stream-response-body = 1
server.feature-flags = ( "server.graceful-shutdown-timeout" => 4 )
url.rewrite-once = ( "^/v1/(.*)$" => "/cgi-bin/watch.cgi/v1/$1" )
alias.url = ( "/cgi-bin/" => "${dir}/cgi-bin/" )
cgi.assign = ( ".cgi" => "" )
`,
  },
  'nginx': {
    command: (dir) => ['nginx', '-p', dir, '-c', `${dir}/server.conf`, '-e', `${dir}/error.log`],
    restart: 'SIGHUP', spawns: true,
    conf: (dir, port) => `daemon off;
pid ${dir}/server.pid;
worker_processes 1;
events { worker_connections 1024; }
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
    location / {
      fastcgi_pass unix:${dir}/watch.sock;
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param REQUEST_URI $request_uri;
      fastcgi_param QUERY_STRING $query_string;
      fastcgi_param CONTENT_TYPE $content_type;
      fastcgi_param CONTENT_LENGTH $content_length;
      fastcgi_param DOCUMENT_ROOT $document_root;
      fastcgi_param REMOTE_ADDR $remote_addr;
    }
  }
}
`,
  },
};

function lay(dir, program, settings) {
  for (const name of ['cgi-bin', 'etc', 'htdocs', 'tmp'])
    mkdirSync(path.join(dir, name), { recursive: true });
  for (const kind of ['fcgi', 'cgi']) {
    const to = path.join(dir, 'cgi-bin', `${program}.${kind}`);
    copyFileSync(path.join(env.RUNG_DIR, 'cgi-bin', `${program}.${kind}`), to);
    chmodSync(to, 0o700);
  }
  const names = Object.keys(settings);
  const lines = readFileSync(env.RUNG_CONFIG, 'utf8').split('\n')
    .filter((line) => !names.some((name) => line.startsWith(`${name}:`)));
  const all = [...lines, ...names.map((name) => `${name}: ${settings[name]}`), ''];
  writeFileSync(path.join(dir, 'etc/rung.yaml'), all.join('\n'), { mode: 0o600 });
}

function own(dir, program) {
  const files = ['', 'cgi-bin', `cgi-bin/${program}.fcgi`, `cgi-bin/${program}.cgi`, 'etc',
    'etc/rung.yaml', 'htdocs', 'tmp', 'server.conf'];
  if (process.getuid() !== owner.uid)
    for (const file of files) chownSync(path.join(dir, file), owner.uid, owner.gid);
}

function answers(port) {
  return new Promise((resolve) => {
    http.get({ host: '127.0.0.1', port, path: '/v1/none', agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 404);
    }).on('error', () => resolve(false));
  });
}

let count = 0;

// A server of this kind with these settings: {url, dir, child, stop()}.
// `program` is another than the one that waits.
export async function serve(name, settings = {}, program = 'watch') {
  const kind = kinds[name];
  count += 1;
  const dir = path.join(env.RUNG_DIR, 'tmp', `server-${process.pid}-${count}`);
  const port = await freePort();
  lay(dir, program, settings);
  writeFileSync(path.join(dir, 'server.conf'),
    kind.conf(dir, port).replaceAll('watch.', `${program}.`));
  own(dir, program);
  const children = [];
  if (kind.spawns)
    children.push(start(dir, ['perl', '-e', spawnFcgi, `${dir}/${program}.sock`,
      `${dir}/cgi-bin/${program}.fcgi`]));
  const child = start(dir, kind.command(dir));
  children.unshift(child);
  const stop = async () => {
    for (const one of children) {
      one.kill('SIGTERM');
      await one.ended;
    }
  };
  try {
    await until(() => answers(port), { within: 15000, what: `${name} answers` });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://127.0.0.1:${port}`, dir, child, stop,
    restart: () => child.kill(kind.restart) };
}
