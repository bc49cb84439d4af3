<?php
// Two routes behind the middleware, for `php -S`.  The sample is read into a
// namespace of its own, where time() is ours.
namespace shifted;

$later = getenv('RUNG_FOLDER') . '/later-' . $_SERVER['SERVER_PORT'];
define('SHIFT', (int)@file_get_contents($later));

function time(): int
{
	return \time() + SHIFT;
}

eval('namespace shifted; ?>' . file_get_contents(__DIR__ . '/../../../etc/samples/rung-middleware.php'));

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
switch ($path) {
case '/sign':
	exit(rung_sign_url($_GET['key'], $_GET['path'], $_GET['user'], (int)$_GET['exp']));
case '/cut':	// as if it had been killed before the answer came
	['host' => $host, 'port' => $port] = parse_url(getenv('RUNG_AT'));
	fwrite(pfsockopen("tcp://$host", $port), "GET /v1/users/$_GET[user]/can/export:csv HTTP/1.1\r\n" .
	    "Host: $host\r\nX-API-Key: " . getenv('RUNG_KEY') . "\r\n\r\n");
	exit;
case '/later':
	file_put_contents($later, $_GET['seconds']);
	exit;
}
$options = ['lastKnownGood' => (int)getenv('RUNG_LAST'), 'folder' => getenv('RUNG_FOLDER')];
if (getenv('RUNG_TIMEOUT'))
	$options['timeout'] = getenv('RUNG_TIMEOUT') / 1000;
if (getenv('RUNG_LOG'))
	$options['log'] = fn ($level, $line) => file_put_contents('php://stderr', "$level $line\n");
$rung = new Rung(getenv('RUNG_AT'), getenv('RUNG_KEY'), ...$options);
$verdict = $rung->can($_GET['user'], ['/csv' => 'export:csv', '/saml' => 'sso:saml'][$path]);
header('X-Rung: ' . $verdict['used']);
http_response_code($verdict['allowed'] ? 200 : 403);
