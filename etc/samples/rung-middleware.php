<?php
// Lets a request through if its user has a capability.  One file, no extension
// but json and, for https, openssl.
//
//	require 'rung-middleware.php';
//	$rung = new Rung('https://shop.example', $checkKey);
//	$rung->only($_SESSION['user_id'] ?? '', 'export:csv');	// or 403
//	if ($rung->can('u1', 'export:csv')['allowed']) ...
//
// No answer within 300 ms, or none that can be read, means no.  With a folder
// that only you can read, new Rung($url, $key, ['last_known_good' => 60,
// 'folder' => '/home/you/private/rung']), an answer of at most so many seconds
// ago stands in for a server that is away; it is off unless you ask for it.
// can() says which it was in 'used': answer, last-known-good or closed.

final class Rung
{
	private array $options;

	public function __construct(private string $url, private string $key,
	    array $options = [])
	{
		$this->options = $options + ['timeout' => 0.3,
		    'last_known_good' => 0, 'folder' => ''];
	}

	/** Answers 403 and ends unless the user has it. */
	public function only(string $user, string $capability): void
	{
		if ($this->can($user, $capability)['allowed'])
			return;
		http_response_code(403);
		exit("Not included.\n");
	}

	/** ['allowed' => bool, 'used' => ...] */
	public function can(string $user, string $capability): array
	{
		if ($user === '')
			return ['allowed' => false, 'used' => 'closed'];
		[$status, $body] = $this->ask('/v1/users/' . rawurlencode($user) .
		    '/can/' . rawurlencode($capability));
		$answer = $status === 200 ? json_decode($body, true) : null;
		if (is_array($answer) && is_bool($answer['allowed'] ?? null)) {
			$this->remember($user, $capability, $answer);
			return ['used' => 'answer'] + $answer;
		}
		$known = $status === 0 || $status === 429 || $status >= 500
		    ? $this->recall($user, $capability) : null;
		$used = $known === null ? 'closed' : 'last-known-good';
		error_log("rung: $used for $capability: status $status");
		return ['allowed' => $known ?? false, 'used' => $used];
	}

	/** [status, body]; status 0 for no answer in time. */
	private function ask(string $where): array
	{
		$at = parse_url($this->url);
		$secure = ($at['scheme'] ?? '') === 'https';
		$host = $at['host'] ?? '';
		$port = $at['port'] ?? ($secure ? 443 : 80);
		$request = 'GET ' . rtrim($at['path'] ?? '', '/') . $where .
		    " HTTP/1.1\r\nHost: $host:$port\r\nX-API-Key: {$this->key}\r\n\r\n";
		$end = microtime(true) + $this->options['timeout'];
		// A kept connection may have been closed by the server meanwhile.
		for ($try = 0; $try < 2 && $end > microtime(true); $try++) {
			$socket = @pfsockopen(($secure ? 'tls://' : 'tcp://') . $host,
			    $port, $no, $why, max(0.001, $end - microtime(true)));
			if ($socket === false)
				return [0, ''];
			stream_set_blocking($socket, false);
			$got = $this->exchange($socket, $request, $end);
			if ($got !== null)
				return $got;
			fclose($socket);
		}
		return [0, ''];
	}

	private function exchange($socket, string $request, float $end): ?array
	{
		$got = '';
		$length = null;
		while ($request !== '' || $length === null || strlen($got) < $length) {
			$left = $end - microtime(true);
			$read = [$socket];
			$write = $request === '' ? null : [$socket];
			$none = null;
			if ($left <= 0 || !@stream_select($read, $write, $none, 0,
			    (int)ceil($left * 1e6)))
				return null;
			if ($write) {
				$n = @fwrite($socket, $request);
				if ($n === false)
					return null;
				$request = (string)substr($request, $n);
			}
			$part = $read ? fread($socket, 65536) : '';
			if ($read && ($part === '' || $part === false) && feof($socket))
				return null;
			$got .= (string)$part;
			$headEnd = strpos($got, "\r\n\r\n");
			if ($length === null && $headEnd !== false) {
				$head = substr($got, 0, $headEnd + 2);
				if (!preg_match('/^content-length: *(\d+)\r$/im', $head, $m))
					return null;
				$length = $headEnd + 4 + (int)$m[1];
			}
		}
		if (preg_match('/^connection: *close\r$/im', $head))
			fclose($socket);
		preg_match('/^HTTP\/1\.\d (\d+)/', $head, $m);
		return [(int)($m[1] ?? 0), substr($got, strlen($head) + 2,
		    $length - strlen($head) - 2)];
	}

	private function file(string $user): string
	{
		return $this->options['last_known_good'] > 0 && $this->options['folder'] !== ''
		    ? $this->options['folder'] . '/' . hash('sha256', $user) : '';
	}

	private function remember(string $user, string $capability, array $answer): void
	{
		if (($file = $this->file($user)) === '')
			return;
		$state = json_decode((string)@file_get_contents($file), true);
		if (($state['version'] ?? -1) > $answer['version'])
			return;		// overtaken on the way
		if (($state['version'] ?? -1) < $answer['version'])
			$state = ['version' => $answer['version'], 'verdicts' => []];
		$state['verdicts'][$capability] = [$answer['allowed'], time()];
		$new = $file . '.' . getmypid();
		if (@file_put_contents($new, json_encode($state)) !== false)
			rename($new, $file);
	}

	private function recall(string $user, string $capability): ?bool
	{
		if (($file = $this->file($user)) === '')
			return null;
		$state = json_decode((string)@file_get_contents($file), true);
		[$allowed, $at] = $state['verdicts'][$capability] ?? [null, 0];
		$age = time() - $at;
		return is_bool($allowed) && $age >= 0 &&
		    $age <= min($this->options['last_known_good'], 60) ? $allowed : null;
	}
}

// A link to a file behind the gate: the key is what `rung url key` prints, the
// path as on disk, not encoded; expires in seconds since 1970.
function rung_sign_url(string $key, string $path, string $user, int $expires): string
{
	$sig = rtrim(strtr(base64_encode(hash_hmac('sha256',
	    "$path\n$user\n$expires", $key, true)), '+/', '-_'), '=');
	return implode('/', array_map('rawurlencode', explode('/', $path))) .
	    '?u=' . rawurlencode($user) . "&exp=$expires&sig=$sig";
}
