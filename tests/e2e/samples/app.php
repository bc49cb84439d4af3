<?php
// One route behind the middleware, for `php -S`.
require __DIR__ . '/../../../etc/samples/rung-middleware.php';

if (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) === '/sign')
	exit(rung_sign_url($_GET['key'], $_GET['path'], $_GET['user'], (int)$_GET['exp']));
$rung = new Rung(getenv('RUNG_AT'), getenv('RUNG_KEY'), ['last_known_good' =>
    (int)getenv('RUNG_LAST'), 'folder' => getenv('RUNG_FOLDER')]);
$verdict = $rung->can($_GET['user'], 'export:csv');
header('X-Rung: ' . $verdict['used']);
http_response_code($verdict['allowed'] ? 200 : 403);
