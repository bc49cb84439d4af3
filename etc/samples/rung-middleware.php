<?php
// Lets a request through if its user has a capability; or ask by can().  One
// file, no extension but json and, for https, openssl.
//
//	require 'rung-middleware.php';
//	$rung = new Rung('https://shop.example', $checkKey);
//	$rung->only($_SESSION['user_id'] ?? '', 'export:csv');	// or 403
//	if ($rung->can('u1', 'export:csv')['allowed']) ...
//
// No answer within 300 ms from when its name is looked up, or none that can be
// read, means no.  With lastKnownGood: 60 and a folder: that only you can read,
// an answer of at most so many seconds ago, 60 at most, stands in for a server
// that is away.  'used' and the log say which it was: 'live', 'last-known-good'
// or 'closed'; live answers are logged at the level 'debug'.

final class Rung
{
	private const WHOLE = '~^HTTP/1\.\d (\d+).*?\r\ncontent-length: *(\d+)\r\n(?:.*?\r\n)?\r\n(.*)~is';

	public function __construct(private string $url, private string $key, private float $timeout = 0.3,
	    private int $lastKnownGood = 0, private string $folder = '', private ?\Closure $log = null)
	{
		$this->lastKnownGood = $folder === '' ? 0 : min($lastKnownGood, 60);
		$this->log ??= fn ($level, $line) => $level === 'debug' || error_log($line);
	}

	/** The status and the text of one answer, all of it before the end; else 0. */
	private function exchange($socket, string $request, float $end): array
	{
		stream_set_blocking($socket, false);
		if ((string)@fread($socket, 1) !== '')
			return [0, ''];		// the answer to another question
		stream_set_blocking($socket, true);
		@fwrite($socket, $request);
		for ($got = ''; ($left = $end - hrtime(true)) > 0; $got .= $part) {
			if (preg_match(self::WHOLE, $got, $answer) && strlen($answer[3]) >= (int)$answer[2])
				return [(int)$answer[1], $answer[3]];
			stream_set_timeout($socket, 0, (int)ceil($left / 1000));
			if (($part = (string)@fread($socket, 65536)) === '')
				break;
		}
		return [0, ''];
	}

	/** The status, and the answer if it is one to this question; status 0: none in time, and why. */
	private function ask(string $user, string $capability): array
	{
		['scheme' => $scheme, 'host' => $host] = $at = parse_url($this->url);
		[$transport, $port] = $scheme === 'https' ? ['tls://', 443] : ['tcp://', 80];
		$port = $at['port'] ?? $port;
		$where = rtrim($at['path'] ?? '', '/') . '/v1/users/' . rawurlencode($user) .
		    '/can/' . rawurlencode($capability);
		$request = "GET $where HTTP/1.1\r\nHost: $host:$port\r\nX-API-Key: $this->key\r\n\r\n";
		[$status, $end] = [0, hrtime(true) + $this->timeout * 1e9];
		// A kept connection may be closed just as we use it, or have something left from a request
		// that was cut short: then once more.
		for ($try = 0; $try < 2 && ($left = ($end - hrtime(true)) / 1e9) > 0; $try++) {
			$socket = @pfsockopen($transport . $host, $port, $no, $why, $left);
			if ($socket === false)
				return [0, null, $why];
			[$status, $text] = $this->exchange($socket, $request, $end);
			$got = $status === 200 ? json_decode($text, true) : null;
			if ([$got['user'] ?? '', $got['capability'] ?? ''] === [$user, $capability])
				return [$status, $got, ''];
			if ($status > 200)
				return [$status, null, 'no verdict'];
			fclose($socket);
		}
		return [$status, null, $status === 0 ? 'no answer in time' : 'no verdict'];
	}

	/** The file of what is known of a user, ours alone until it is closed, and what it says. */
	private function known(string $user): array
	{
		$name = $this->folder . '/' . hash('sha256', $user);
		if ($this->lastKnownGood <= 0 || !($file = @fopen($name, 'c+')) || !flock($file, LOCK_EX))
			return [null, null];
		return [$file, json_decode(stream_get_contents($file), true)];
	}

	private function remember(string $user, string $capability, array $answer): void
	{
		[$file, $state] = $this->known($user);
		if (!$file || ($state['version'] ?? 0) > $answer['version'])
			return;		// off, or overtaken on the way
		if (($state['version'] ?? 0) < $answer['version'])
			$state = ['version' => $answer['version']];
		$state['verdicts'][$capability] = ['answer' => $answer, 'at' => time()];
		rewind($file);
		ftruncate($file, 0);
		fwrite($file, json_encode($state));
	}

	private function recall(string $user, string $capability): ?array
	{
		$verdict = $this->known($user)[1]['verdicts'][$capability] ?? ['at' => 0];
		$age = time() - $verdict['at'];
		return $age >= 0 && $age < $this->lastKnownGood ? $verdict['answer'] : null;
	}

	/** May this user do this?  'allowed' and 'used', and what the answer said: 'code', 'version'. */
	public function can(string $user, string $capability): array
	{
		if ($user === '')
			return ['allowed' => false, 'used' => 'closed'];
		[$used, $level] = ['closed', 'warning'];
		[$status, $answer, $why] = $this->ask($user, $capability);
		if ($answer) {
			$this->remember($user, $capability, $answer);
			[$used, $level, $why] = ['live', 'debug', $answer['code']];
		} elseif ($status === 0 || $status === 429 || $status >= 500) {
			$answer = $this->recall($user, $capability);
			$used = $answer ? 'last-known-good' : 'closed';
		} elseif ($status === 401 || $status === 403) {
			[$level, $why] = ['error', 'the key is refused'];
		}
		($this->log)($level, "rung: $used for $capability: status $status, $why");
		return ['allowed' => ($answer['allowed'] ?? 0) === true, 'used' => $used] + ($answer ?? []);
	}

	/** Answers 403 and ends unless the user has it. */
	public function only(string $user, string $capability): void
	{
		if ($this->can($user, $capability)['allowed'])
			return;
		http_response_code(403);
		exit("Not included.\n");
	}
}

// A link to a file behind the gate: the key is what `rung url key` prints, the
// path as on disk, not encoded; expires in seconds since 1970.
function rung_sign_url(string $key, string $path, string $user, int $expires): string
{
	$mac = base64_encode(hash_hmac('sha256', "$path\n$user\n$expires", $key, true));
	return str_replace('%2F', '/', rawurlencode($path)) . '?u=' . rawurlencode($user) .
	    "&exp=$expires&sig=" . rtrim(strtr($mac, '+/', '-_'), '=');
}
