<?php
// Gives the signed-in user of your site a short-lived token for rung.js.
// Put it beside your pages, set the two addresses below, and name it in
//	new Rung({url, token: () => fetch("/rung-token.php",
//	    {method: "POST"}).then(r => r.text())})

const RUNG_URL = 'https://shop.example';	// the server, without /v1
const KEY_FILE = __DIR__ . '/../private/rung-server-key';	// never in the
				// document root: with this key all is allowed

function fail(int $status, string $why): never
{
	http_response_code($status);
	exit($why . "\n");
}

header('Content-Type: text/plain; charset=utf-8');
header('Cache-Control: no-store');
if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
	header('Allow: POST');
	fail(405, 'Ask with POST.');
}
session_start(['read_and_close' => true]);
if (!isset($_SESSION['user_id']))		// the name your site uses
	fail(401, 'Nobody is signed in.');
$key = trim((string)@file_get_contents(KEY_FILE));
if ($key === '')
	fail(500, 'The server key cannot be read.');
$answer = @file_get_contents(RUNG_URL . '/v1/tokens', false,
    stream_context_create(['http' => [
	'method' => 'POST', 'timeout' => 10, 'ignore_errors' => true,
	'follow_location' => 0,		// the key goes nowhere else
	'header' => "Content-Type: application/json\r\nX-API-Key: $key\r\n",
	'content' => json_encode(['user' => (string)$_SESSION['user_id'],
	    // Only one that you know to be this user's.
	    'email' => filter_var($_SESSION['email'] ?? '',
		FILTER_VALIDATE_EMAIL) ?: null,
	    'scopes' => ['read', 'upgrade', 'claim'], 'ttl_seconds' => 900]),
]]));
$answer = json_decode((string)$answer, true);
if (!isset($answer['token'])) {
	error_log('rung-token: ' . ($answer['code'] ?? 'no answer'));
	fail(502, 'No token could be made.');
}
echo $answer['token'];
