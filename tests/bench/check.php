<?php
// The same check as ours, as it is usually written in PHP: credential by the
// hash of the key, the user's row by its primary key, JSON, and the headers and
// members that our answer has.  A persistent connection; RUNG_DB_SOCKET and
// RUNG_DB_NAME say where.
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
header('Content-Type: application/json');
header('Request-Id: ' . bin2hex(random_bytes(16)));
header('Cache-Control: private, no-cache');
header('X-Content-Type-Options: nosniff');
header("Content-Security-Policy: default-src 'none'; frame-ancestors 'none'");
header('Referrer-Policy: no-referrer');
header('Vary: Origin, Authorization, X-API-Key');

function answer(int $status, array $body): never
{
	http_response_code($status);
	exit(json_encode($body));
}

$path = explode('/', parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
$user = rawurldecode($path[3] ?? '');
$capability = rawurldecode($path[5] ?? '');
$key = $_SERVER['HTTP_X_API_KEY'] ?? '';
if ($key === '')
	answer(401, ['code' => 'no-credential']);
$db = new mysqli('p:localhost', 'root', '', $_SERVER['RUNG_DB_NAME'], 0,
	$_SERVER['RUNG_DB_SOCKET']);
$now = microtime(true) * 1e6;

$found = $db->prepare('SELECT seller_id, kind, key_id, user_id, scopes, expires_at, revoked_at'
	. ' FROM credentials WHERE secret_hash = ?');
$found->execute([hash('sha256', $key, true)]);
$credential = $found->get_result()->fetch_assoc();
if (!$credential || $credential['revoked_at'] !== null
	|| ($credential['expires_at'] !== null && $now >= $credential['expires_at']))
	answer(401, ['code' => 'bad-credential']);

$found = $db->prepare('SELECT ver, due_at, document FROM users'
	. ' WHERE seller_id = ? AND user_id = ?');
$found->execute([$credential['seller_id'], $user]);
$row = $found->get_result()->fetch_assoc();
if (!$row || ($row['due_at'] !== null && $now >= $row['due_at']))
	answer(503, ['code' => 'not-here']);
$held = json_decode($row['document'], true);
$allowed = in_array($capability, $held['capabilities'], true);
header("ETag: \"u{$row['ver']}\"");
answer(200, ['user' => $user, 'capability' => $capability, 'allowed' => $allowed,
	'code' => $allowed ? 'granted-by-tier' : 'not-in-tier', 'tier' => $held['tier'],
	'version' => $row['ver'], 'upgrade_to' => []]);
