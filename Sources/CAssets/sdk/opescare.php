<?php

/**
 * The client of OpesCare Connect: one file, PHP 8.1 or later with curl, nothing else.
 *
 *     require 'opescare.php';
 *     $client = new OpesCare\OpesCareClient(clientId: '…', clientSecret: '…');
 *     $patient = $client->healthIds->resolve(['health_id' => 'CM-HID-7KQ9-MP42-X8D1']);
 *
 * OpesCare\Sdk\OpesCareSDK::init(token: 'sdk_test_…') does what an SDK token opens. Every answer is read
 * as an array or as an object: $patient['name'] is $patient->name. What fails throws an OpesCareException.
 */

declare(strict_types=1);

namespace OpesCare\Exceptions {

    /**
     * What was refused, or did not arrive. `status` is HTTP's, 0 when there was no answer; `errorCode` is the
     * server's word, such as consent_required; `errors` has the complaints by field; `requestId` is what
     * to report.
     */
    class OpesCareException extends \RuntimeException
    {
        public readonly ?string $errorCode;
        public readonly ?string $requestId;
        public readonly array $errors;

        public function __construct(
            string $message,
            public readonly int $status = 0,
            public readonly array $responseBody = [],
            public readonly ?int $retryAfter = null
        ) {
            $this->errorCode = $responseBody['error'] ?? null;
            $this->requestId = $responseBody['request_id'] ?? null;
            $this->errors = $responseBody['errors'] ?? [];
            $text = $responseBody['message'] ?? $message;
            $text = $this->errorCode === null ? $text : "{$this->errorCode}: $text";
            parent::__construct($this->requestId === null ? $text : "$text ({$this->requestId})", $status);
        }
    }

    /** The credentials or the token are not, or no longer, in force. */
    class AuthenticationException extends OpesCareException {}
    /** The credentials do not open this. */
    class AuthorizationException extends OpesCareException {}
    /** The patient has not consented. */
    class ConsentRequiredException extends AuthorizationException {}
    /** The request is wrong; `errors` says where. */
    class ValidationException extends OpesCareException {}
    /** There is no such patient, facility or thing. */
    class NotFoundException extends OpesCareException {}
    /** The idempotency key was used with another body. */
    class IdempotencyConflictException extends OpesCareException {}
    /** Too many requests; `retryAfter` is in seconds. */
    class RateLimitException extends OpesCareException {}
    /** The server failed, at every try. */
    class ServerException extends OpesCareException {}
    /** No answer arrived, at any try. */
    class NetworkException extends OpesCareException {}
    /** A delivery is not the server's, was changed, or is too old. */
    class WebhookSignatureException extends OpesCareException {}
}

namespace OpesCare {

    use OpesCare\Exceptions as Failed;

    const ADDRESSES = ['sandbox' => 'http://opescare.test', 'production' => 'https://api.opescare.health'];

    /** A JSON object, read as an array or as an object; its members are plain arrays. */
    final class Answer extends \ArrayObject implements \JsonSerializable
    {
        public function __construct(array $members = [])
        {
            parent::__construct($members, \ArrayObject::ARRAY_AS_PROPS);
        }

        public function jsonSerialize(): mixed
        {
            return (object) $this->getArrayCopy();
        }
    }

    /** Sends requests, again where that is safe, within a total time. */
    final class Transport
    {
        private const KINDS = [
            400 => Failed\ValidationException::class, 401 => Failed\AuthenticationException::class,
            403 => Failed\AuthorizationException::class, 404 => Failed\NotFoundException::class,
            413 => Failed\ValidationException::class, 415 => Failed\ValidationException::class,
            422 => Failed\ValidationException::class, 429 => Failed\RateLimitException::class,
        ];
        private const CODES = [
            'consent_required' => Failed\ConsentRequiredException::class,
            'idempotency_conflict' => Failed\IdempotencyConflictException::class,
            'invalid_client' => Failed\AuthenticationException::class,
        ];
        // Of certificates and their authorities: trying again changes nothing.
        private const UNTRUSTED = [CURLE_SSL_CACERT, CURLE_SSL_PEER_CERTIFICATE, CURLE_SSL_CACERT_BADFILE];

        public readonly string $baseUrl;

        public function __construct(
            string $baseUrl,
            public readonly float $timeout,
            public readonly int $maxTries,
            public readonly float $totalTimeout
        ) {
            if (!preg_match('#^https?://#', $baseUrl)) {
                throw new \InvalidArgumentException('baseUrl is such as https://api.example.org');
            }
            $this->baseUrl = rtrim($baseUrl, '/');
        }

        public static function now(): float
        {
            return hrtime(true) / 1e9;
        }

        /** Answers other than 429 and 5xx are final; every try sends the same bytes and the same key. */
        public function tryOften(string $method, string $target, ?array $body, array $headers, float $until): array
        {
            $content = $body === null ? null : json_encode((object) $body, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);
            for ($count = 1; ; $count++) {
                try {
                    return $this->tryOnce($method, $target, $content, $headers, $until);
                } catch (Failed\RateLimitException | Failed\ServerException | Failed\NetworkException $error) {
                    $pause = $error->retryAfter ?? random_int(0, 1_000_000) / 1e6 * min(8, 0.5 * 2 ** $count);
                    if ($count >= $this->maxTries || self::now() + $pause >= $until) {
                        throw $error;
                    }
                }
                usleep((int) ($pause * 1e6));
            }
        }

        private function tryOnce(string $method, string $target, ?string $content, array $headers, float $until): array
        {
            $wait = null;
            $headers[] = 'Accept: application/json';
            // No "Expect: 100-continue", which costs a round.
            $headers[] = 'Expect:';
            $options = [
                CURLOPT_URL => $this->baseUrl . $target, CURLOPT_CUSTOMREQUEST => $method,
                CURLOPT_RETURNTRANSFER => true, CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
                // A redirect would carry the token to another server.
                CURLOPT_FOLLOWLOCATION => false, CURLOPT_USERAGENT => 'opescare-php',
                CURLOPT_TIMEOUT_MS => (int) max(1, min($this->timeout, $until - self::now()) * 1000),
                CURLOPT_NOSIGNAL => true,
                CURLOPT_HEADERFUNCTION => function ($_, string $line) use (&$wait): int {
                    if (preg_match('/^retry-after:\s*(\d{1,9})\s*$/i', $line, $found)) {
                        $wait = (int) $found[1];
                    }
                    return strlen($line);
                },
            ];
            if ($content !== null) {
                $options[CURLOPT_POSTFIELDS] = $content;
                $headers[] = 'Content-Type: application/json';
            }
            $options[CURLOPT_HTTPHEADER] = $headers;
            $curl = curl_init();
            curl_setopt_array($curl, $options);
            $text = curl_exec($curl);
            if ($text === false) {
                $kind = in_array(curl_errno($curl), self::UNTRUSTED, true)
                    ? Failed\OpesCareException::class : Failed\NetworkException::class;
                throw new $kind("no answer from {$this->baseUrl}: " . curl_error($curl));
            }
            $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
            $found = $text === '' ? [] : json_decode($text, true);
            if ($status >= 200 && $status < 300) {
                if (!is_array($found)) {
                    throw new Failed\ServerException('the answer is not JSON: is this the right address?', $status);
                }
                return $found;
            }
            $found = is_array($found) ? $found : [];
            $kind = self::CODES[$found['error'] ?? ''] ?? self::KINDS[$status]
                ?? ($status >= 500 ? Failed\ServerException::class : Failed\OpesCareException::class);
            throw new $kind("the server answered $status", $status, $found, $wait);
        }
    }

    /** A token of a client, fetched anew a minute before it ends; or an SDK token, which stays. */
    final class Credentials
    {
        private float $end;

        public function __construct(
            private readonly Transport $transport,
            public readonly ?string $clientId,
            #[\SensitiveParameter] private readonly ?string $clientSecret,
            private readonly ?string $scope,
            #[\SensitiveParameter] private ?string $token
        ) {
            if (($token === null) === ($clientId === null || $clientSecret === null)) {
                throw new \InvalidArgumentException('give clientId and clientSecret, or token');
            }
            $this->end = $token === null ? 0.0 : INF;
        }

        public function __debugInfo(): array
        {
            return ['clientId' => $this->clientId];
        }

        public function canRenew(): bool
        {
            return $this->clientId !== null;
        }

        /** The token to send; another one than `$refused`. */
        public function token(float $until, #[\SensitiveParameter] ?string $refused = null): string
        {
            if (Transport::now() < $this->end && $this->token !== $refused) {
                return $this->token;
            }
            $fields = ['grant_type' => 'client_credentials', 'client_id' => $this->clientId,
                'client_secret' => $this->clientSecret];
            if ($this->scope !== null) {
                $fields['scope'] = $this->scope;
            }
            $began = Transport::now();
            $answer = $this->transport->tryOften('POST', '/api/v1/connect/auth/token', $fields, [], $until);
            $lasts = $answer['expires_in'];
            $this->end = $began + $lasts - min(60, $lasts / 2);
            return $this->token = $answer['access_token'];
        }
    }

    /**
     * `timeout` is of one try and `totalTimeout` of a call, in seconds; `maxTries` counts the first. `scope`, words
     * separated by spaces, may narrow what the client's token does. `actingUser` is which person acts, for the
     * audit log: a text, or a function that says who it is now.
     */
    abstract class Base
    {
        private readonly Transport $transport;
        private readonly Credentials $credentials;
        private readonly array $modules;

        public function __construct(
            ?string $clientId = null,
            #[\SensitiveParameter] ?string $clientSecret = null,
            string $environment = 'sandbox',
            ?string $baseUrl = null,
            float $timeout = 30,
            #[\SensitiveParameter] ?string $token = null,
            ?string $scope = null,
            int $maxTries = 4,
            float $totalTimeout = 60,
            private readonly string|\Closure|null $actingUser = null
        ) {
            $baseUrl ??= ADDRESSES[$environment]
                ?? throw new \InvalidArgumentException('environment is sandbox or production');
            $this->transport = new Transport($baseUrl, $timeout, $maxTries, $totalTimeout);
            $this->credentials = new Credentials($this->transport, $clientId, $clientSecret, $scope, $token);
            $this->modules = array_map(fn (string $kind) => new $kind($this), static::MODULES);
            // Wrong credentials show here, and not at the first call.
            $this->credentials->token(Transport::now() + $totalTimeout);
        }

        public function __get(string $name): object
        {
            return $this->modules[$name] ?? throw new \LogicException("there is no $name");
        }

        /** `$client->patients()` is `$client->patients`. */
        public function __call(string $name, array $_): object
        {
            return $this->__get($name);
        }

        public function __debugInfo(): array
        {
            return ['clientId' => $this->credentials->clientId, 'baseUrl' => $this->transport->baseUrl];
        }

        /** `$key` is the caller's idempotency key, or true for one of our own; the same at every try. */
        public function send(
            string $method, string $path, ?array $query = null, ?array $body = null, string|bool $key = false
        ): Answer {
            $until = Transport::now() + $this->transport->totalTimeout;
            $query = array_map(fn ($value) => is_array($value) ? implode(',', $value) : $value, $query ?? []);
            $query = array_map(fn ($value) => is_bool($value) ? var_export($value, true) : $value, $query);
            $target = $path . ($query === [] ? '' : '?' . http_build_query($query, '', '&', PHP_QUERY_RFC3986));
            $headers = $key === false ? [] : [self::field('Idempotency-Key', $key === true ? bin2hex(random_bytes(16)) : $key)];
            $who = $this->actingUser instanceof \Closure ? ($this->actingUser)() : $this->actingUser;
            if ($who !== null) {
                $headers[] = self::field('X-Acting-User', $who);
            }
            $token = $this->credentials->token($until);
            try {
                return $this->sendWith($token, $method, $target, $body, $headers, $until);
            } catch (Failed\AuthenticationException $error) {
                if ($error->status !== 401 || !$this->credentials->canRenew()) {
                    throw $error;
                }
            }
            $token = $this->credentials->token($until, $token);
            return $this->sendWith($token, $method, $target, $body, $headers, $until);
        }

        /** curl sends a line break as it is, and what follows as a field of its own. */
        private static function field(string $name, string $value): string
        {
            return preg_match('/[\x00-\x1f\x7f]/', $value)
                ? throw new \InvalidArgumentException("$name has control characters")
                : "$name: $value";
        }

        private function sendWith(
            #[\SensitiveParameter] string $token, string $method, string $target, ?array $body, array $headers,
            float $until
        ): Answer {
            $headers[] = 'Authorization: Bearer ' . $token;
            return new Answer($this->transport->tryOften($method, $target, $body, $headers, $until));
        }
    }

    /** What a client of Connect may do, by its id and secret. */
    final class OpesCareClient extends Base
    {
        protected const MODULES = Modules\CLIENT_MODULES;
    }
}

namespace OpesCare\Sdk {

    use OpesCare\Answer;

    /** What an SDK token opens. */
    final class OpesCareSDK extends \OpesCare\Base
    {
        protected const MODULES = \OpesCare\Modules\SDK_MODULES;

        /** Takes what the constructor takes: init(token: 'sdk_test_…'). */
        public static function init(mixed ...$options): self
        {
            return new self(...$options);
        }

        /** One facility: `->get()` and `->stock()`. */
        public function facility(string $facilityId): Facility
        {
            return new Facility($this->facilities, $facilityId);
        }

        /** What the token is, and how long it lasts. */
        public function introspect(): Answer
        {
            return $this->tokens->introspect();
        }
    }

    final class Facility
    {
        public function __construct(private readonly object $facilities, private readonly string $id) {}

        public function get(): Answer
        {
            return $this->facilities->get($this->id);
        }

        public function stock(array $fields = []): Answer
        {
            return $this->facilities->stock($this->id, $fields);
        }
    }
}

namespace OpesCare\Modules {

    use OpesCare\{Answer, Base};
    use OpesCare\Exceptions\WebhookSignatureException;

    abstract class Module
    {
        public function __construct(private readonly Base $client) {}

        protected function call(
            string $method, string $path, ?array $query = null, ?array $body = null, string|bool $key = false
        ): Answer {
            return $this->client->send($method, $path, $query, $body, $key);
        }

        /** Every page of a list, each asked for when it is needed. */
        protected function eachPage(string $path, array $query): \Generator
        {
            do {
                $page = $this->call('GET', $path, $query);
                yield $page;
                $query['cursor'] = $page['next_cursor'] ?? null;
            } while ($query['cursor'] !== null);
        }

        protected function eachItem(string $path, array $query, string $name): \Generator
        {
            foreach ($this->eachPage($path, $query) as $page) {
                foreach ($page[$name] as $item) {
                    yield new Answer($item);
                }
            }
        }

        /** One segment of a path; an empty one or dots would lead elsewhere. */
        protected static function segment(string $value): string
        {
            if (in_array($value, ['', '.', '..'], true)) {
                throw new \InvalidArgumentException('an id is missing');
            }
            return rawurlencode($value);
        }

        /** The fields that have a value. */
        protected static function given(array $fields, array $named = []): array
        {
            return array_filter([...$named, ...$fields], fn ($value) => $value !== null);
        }
    }

    abstract class WebhookModule extends Module
    {
        /**
         * Throws unless a delivery was signed with the secret, within so many seconds.
         *
         * `$rawPayload` is the body as it arrived (php://input), before anything reads it; `$signatureHeader`
         * the value of X-OpesCare-Signature.
         */
        public static function verifySignature(
            string $rawPayload, string $signatureHeader, #[\SensitiveParameter] string $secret, int $tolerance = 300
        ): void {
            $times = $signatures = [];
            foreach (explode(',', $signatureHeader) as $part) {
                [$name, $value] = explode('=', $part, 2) + ['', ''];
                match ($name) {
                    't' => $times[] = $value,
                    'v1' => $signatures[] = $value,
                    default => null,
                };
            }
            if (count($times) !== 1 || !preg_match('/^\d{1,15}$/D', $times[0]) || $signatures === []) {
                throw new WebhookSignatureException('the signature has not the form t=SECONDS,v1=HEX');
            }
            $expected = hash_hmac('sha256', $times[0] . '.' . $rawPayload, $secret);
            // Every one is compared, in constant time.
            $isRight = array_map(fn (string $each) => hash_equals($expected, $each), $signatures);
            if (!in_array(true, $isRight, true)) {
                throw new WebhookSignatureException("the signature is not the secret's");
            }
            if (abs(time() - (int) $times[0]) > $tolerance) {
                throw new WebhookSignatureException('the delivery is too old');
            }
        }

        /** The event of a delivery that `verifySignature` let pass. */
        public static function parseEvent(string $rawPayload): array
        {
            $event = json_decode($rawPayload, true);
            if (!is_array($event) || !is_string($event['type'] ?? null)) {
                throw new \InvalidArgumentException('the delivery has no type');
            }
            return $event;
        }
    }

    // Made by scripts/sdk from openapi.yaml: begin.

    final class Patients extends Module
    {
        /** Who looked at a patient's chart, newest first. */
        public function getPatientAccessLog(string $healthId, array $fields = []): Answer
        {
            return $this->call('GET', '/api/v1/connect/patients/' . self::segment($healthId) . '/access-log', query: self::given($fields));
        }

        /** Look up a patient by Health ID. */
        public function find(mixed $healthId = null, array $fields = []): Answer
        {
            return $this->call('GET', '/api/v1/connect/patient/search', query: self::given($fields, ['health_id' => $healthId]));
        }

        /** Look for patients by phone, national id, Health ID or exact demographics. */
        public function search(array $fields = []): Answer
        {
            return $this->call('POST', '/api/v1/connect/patients/search', body: self::given($fields));
        }

        /** Put right what is registered of a patient. */
        public function correctPatient(string $healthId, array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('PATCH', '/api/v1/connect/patients/' . self::segment($healthId), body: self::given($fields), key: $idempotencyKey ?? true);
        }

        /** Say that somebody made sure who a patient is. */
        public function verifyPatient(string $healthId, array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/connect/patients/' . self::segment($healthId) . '/verification', body: self::given($fields), key: $idempotencyKey ?? true);
        }

        /** What was corrected of a patient, newest first. */
        public function listPatientCorrections(string $healthId, array $fields = []): Answer
        {
            return $this->call('GET', '/api/v1/connect/patients/' . self::segment($healthId) . '/corrections', query: self::given($fields));
        }

        /** Take a correction back. */
        public function undoPatientCorrection(string $healthId, string $correctionId, array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/connect/patients/' . self::segment($healthId) . '/corrections/' . self::segment($correctionId) . '/undo', body: self::given($fields), key: $idempotencyKey ?? true);
        }

        /** Demographics, allergies, active medications, recent labs and visits; needs consent. */
        public function getSummary(string $healthId): Answer
        {
            return $this->call('GET', '/api/v1/connect/patients/' . self::segment($healthId) . '/summary');
        }

        /** Blood type and allergies; medications where consent or break-glass opens them. */
        public function getEmergencyProfile(string $healthId): Answer
        {
            return $this->call('GET', '/api/v1/connect/patients/' . self::segment($healthId) . '/emergency-profile');
        }
    }

    final class HealthIds extends Module
    {
        /** Find a patient's Health ID, or register the patient. */
        public function resolve(array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/connect/patients/resolve', body: self::given($fields), key: $idempotencyKey ?? true);
        }

        /** Check a Health ID's form and whether it is registered. */
        public function verify(string $healthId): Answer
        {
            return $this->call('GET', '/api/v1/connect/patients/verify/' . self::segment($healthId));
        }
    }

    final class Consents extends Module
    {
        /** What this patient allows your client to read. */
        public function get(string $healthId): Answer
        {
            return $this->call('GET', '/api/v1/connect/patient/' . self::segment($healthId) . '/consent');
        }

        /** Record that the patient granted consent to your client. */
        public function grant(string $healthId, array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/connect/patient/' . self::segment($healthId) . '/consent/grant', body: self::given($fields), key: $idempotencyKey ?? true);
        }

        /** End every consent of this patient for your client, at once. */
        public function revoke(string $healthId, array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/connect/patient/' . self::segment($healthId) . '/consent/revoke', body: self::given($fields), key: $idempotencyKey ?? true);
        }

        /** Ask for consent; a later grant answers it. */
        public function request(mixed $healthId = null, array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/connect/consents/request', body: self::given($fields, ['health_id' => $healthId]), key: $idempotencyKey ?? true);
        }

        /** Is there consent for this scope now? */
        public function verify(mixed $healthId = null, mixed $scope = null, array $fields = []): Answer
        {
            return $this->call('POST', '/api/v1/connect/consents/verify', body: self::given($fields, ['health_id' => $healthId, 'scope' => $scope]));
        }

        /** Break-glass. Open the whole record for an hour, on your word and on record. */
        public function requestEmergencyAccess(mixed $healthId = null, mixed $reason = null, mixed $emergencyType = 'clinical_emergency', array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/connect/emergency-access/request', body: self::given($fields, ['health_id' => $healthId, 'reason' => $reason, 'emergency_type' => $emergencyType]), key: $idempotencyKey ?? true);
        }
    }

    final class Widget extends Module
    {
        /** Open a widget session. */
        public function createWidgetSession(array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/connect/widget/sessions', body: self::given($fields), key: $idempotencyKey ?? true);
        }

        /** End a widget session, at once. */
        public function endWidgetSession(string $sessionId): Answer
        {
            return $this->call('DELETE', '/api/v1/connect/widget/sessions/' . self::segment($sessionId));
        }

        /** Open a widget session; the shorter spelling of `createWidgetSession`. */
        public function createWidgetSessionShort(array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/widgets/sessions', body: self::given($fields), key: $idempotencyKey ?? true);
        }

        /** End a widget session; the shorter spelling of `endWidgetSession`. */
        public function endWidgetSessionShort(string $sessionId): Answer
        {
            return $this->call('DELETE', '/api/v1/widgets/sessions/' . self::segment($sessionId));
        }
    }

    final class Records extends Module
    {
        /** A patient's records, newest first; needs an active consent that covers the type. */
        public function list(string $healthId, array $fields = []): Answer
        {
            return $this->call('GET', '/api/v1/connect/patient/' . self::segment($healthId) . '/records', query: self::given($fields));
        }

        /** Goes through all: A patient's records, newest first; needs an active consent that covers the type. */
        public function pages(string $healthId, array $fields = []): \Generator
        {
            return $this->eachPage('/api/v1/connect/patient/' . self::segment($healthId) . '/records', self::given($fields));
        }

        /** Add an encounter, with its diagnoses and vitals. */
        public function pushEncounter(array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/connect/records/encounters', body: self::given($fields), key: $idempotencyKey ?? true);
        }

        /** Add a lab result. */
        public function pushLabResult(array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/connect/records/lab-results', body: self::given($fields), key: $idempotencyKey ?? true);
        }

        /** Add a prescription. */
        public function pushPrescription(array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/connect/records/prescriptions', body: self::given($fields), key: $idempotencyKey ?? true);
        }
    }

    final class Inventory extends Module
    {
        /** A pharmacy's stock, as it last reported it. */
        public function pharmacy(string $facilityId, array $fields = []): Answer
        {
            return $this->call('GET', '/api/v1/connect/inventory/pharmacy/' . self::segment($facilityId), query: self::given($fields));
        }

        /** Goes through all: A pharmacy's stock, as it last reported it. */
        public function eachPharmacyItem(string $facilityId, array $fields = []): \Generator
        {
            return $this->eachItem('/api/v1/connect/inventory/pharmacy/' . self::segment($facilityId), self::given($fields), 'items');
        }

        /** A blood bank's units by group and component, as it last reported them. */
        public function blood(string $facilityId, array $fields = []): Answer
        {
            return $this->call('GET', '/api/v1/connect/inventory/blood/' . self::segment($facilityId), query: self::given($fields));
        }

        /** Goes through all: A blood bank's units by group and component, as it last reported them. */
        public function eachBloodItem(string $facilityId, array $fields = []): \Generator
        {
            return $this->eachItem('/api/v1/connect/inventory/blood/' . self::segment($facilityId), self::given($fields), 'items');
        }

        /** Report your facility's pharmacy stock; good items are stored, the others listed. */
        public function syncPharmacyStock(array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/connect/inventory/pharmacy-stock/sync', body: self::given($fields), key: $idempotencyKey ?? true);
        }

        /** Report your facility's blood; unscreened and expired units are left out and listed. */
        public function syncBloodStock(array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/connect/inventory/blood-stock/sync', body: self::given($fields), key: $idempotencyKey ?? true);
        }
    }

    final class Payments extends Module
    {
        /** Record your facility's or the provider's side of one payment, or of up to 5,000. */
        public function record(array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/connect/payments', body: self::given($fields), key: $idempotencyKey ?? true);
        }

        /** One day's payments from both sides, and where they disagree. */
        public function reconciliation(mixed $date = null, array $fields = []): Answer
        {
            return $this->call('GET', '/api/v1/connect/reconciliation', query: self::given($fields, ['date' => $date]));
        }

        /** Goes through all: One day's payments from both sides, and where they disagree. */
        public function eachReconciliationPage(mixed $date = null, array $fields = []): \Generator
        {
            return $this->eachPage('/api/v1/connect/reconciliation', self::given($fields, ['date' => $date]));
        }
    }

    final class Webhooks extends WebhookModule
    {
        /** The events that you may see, oldest first, for a receiver that was down. */
        public function events(array $fields = []): Answer
        {
            return $this->call('GET', '/api/v1/connect/webhooks/events', query: self::given($fields));
        }

        /** Goes through all: The events that you may see, oldest first, for a receiver that was down. */
        public function eachEvent(array $fields = []): \Generator
        {
            return $this->eachItem('/api/v1/connect/webhooks/events', self::given($fields), 'events');
        }

        /** Deliver one event again, to each of your subscriptions that takes it. */
        public function replay(string $eventId, ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/connect/webhooks/events/' . self::segment($eventId) . '/replay', key: $idempotencyKey ?? true);
        }

        /** What was delivered, what waits and what failed, newest first. */
        public function deliveries(array $fields = []): Answer
        {
            return $this->call('GET', '/api/v1/connect/webhooks/deliveries', query: self::given($fields));
        }

        /** Goes through all: What was delivered, what waits and what failed, newest first. */
        public function eachDelivery(array $fields = []): \Generator
        {
            return $this->eachItem('/api/v1/connect/webhooks/deliveries', self::given($fields), 'deliveries');
        }

        /** Subscribe a URL to events. */
        public function subscribe(mixed $callbackUrl = null, mixed $subscribedEvents = null, mixed $description = null, array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/connect/webhooks/subscriptions', body: self::given($fields, ['callback_url' => $callbackUrl, 'subscribed_events' => $subscribedEvents, 'description' => $description]), key: $idempotencyKey ?? true);
        }

        /** Your active subscriptions, without their secrets. */
        public function list(): Answer
        {
            return $this->call('GET', '/api/v1/connect/webhooks/subscriptions');
        }

        /** End a subscription; what waits for it is not delivered any more. */
        public function unsubscribe(string $subscriptionId): Answer
        {
            return $this->call('DELETE', '/api/v1/connect/webhooks/subscriptions/' . self::segment($subscriptionId));
        }

        /** Get a new secret. */
        public function rotateSecret(string $subscriptionId, array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/connect/webhooks/subscriptions/' . self::segment($subscriptionId) . '/rotate-secret', body: self::given($fields), key: $idempotencyKey ?? true);
        }

        /** Deliver a period's events again. */
        public function replaySubscription(string $subscriptionId, array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/connect/webhooks/subscriptions/' . self::segment($subscriptionId) . '/replay', body: self::given($fields), key: $idempotencyKey ?? true);
        }
    }

    final class SDKWidget extends Module
    {
        /** Open a widget session. */
        public function createWidgetSession(array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/connect/widget/sessions', body: self::given($fields), key: $idempotencyKey ?? true);
        }

        /** End a widget session, at once. */
        public function endWidgetSession(string $sessionId): Answer
        {
            return $this->call('DELETE', '/api/v1/connect/widget/sessions/' . self::segment($sessionId));
        }

        /** Open a widget session; the shorter spelling of `createWidgetSession`. */
        public function createWidgetSessionShort(array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/widgets/sessions', body: self::given($fields), key: $idempotencyKey ?? true);
        }

        /** End a widget session; the shorter spelling of `endWidgetSession`. */
        public function endWidgetSessionShort(string $sessionId): Answer
        {
            return $this->call('DELETE', '/api/v1/widgets/sessions/' . self::segment($sessionId));
        }
    }

    final class SDKAppointments extends Module
    {
        /** A day of your own facility, by time. */
        public function list(mixed $facilityId = null, mixed $date = null, array $fields = []): array
        {
            return iterator_to_array($this->eachItem('/api/v1/sdk/appointments', self::given($fields, ['facility_id' => $facilityId, 'date' => $date]), 'appointments'), false);
        }

        /** Book a patient at your own facility. */
        public function create(array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/sdk/appointments', body: self::given($fields), key: $idempotencyKey ?? true);
        }

        /** One appointment of your own facility. */
        public function get(string $appointmentId): Answer
        {
            return $this->call('GET', '/api/v1/sdk/appointments/' . self::segment($appointmentId));
        }

        /** Cancel an appointment; one that is cancelled stays as it is. */
        public function cancel(string $appointmentId, ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/sdk/appointments/' . self::segment($appointmentId) . '/cancel', key: $idempotencyKey ?? true);
        }
    }

    final class SDKFacilities extends Module
    {
        /** Your own facility, by id or reference. */
        public function get(string $facilityId): Answer
        {
            return $this->call('GET', '/api/v1/sdk/facilities/' . self::segment($facilityId));
        }

        /** What your own facility's pharmacy has of each medicine. */
        public function stock(string $facilityId, array $fields = []): Answer
        {
            return $this->call('GET', '/api/v1/sdk/facilities/' . self::segment($facilityId) . '/stock', query: self::given($fields));
        }

        /** Goes through all: What your own facility's pharmacy has of each medicine. */
        public function eachStockItem(string $facilityId, array $fields = []): \Generator
        {
            return $this->eachItem('/api/v1/sdk/facilities/' . self::segment($facilityId) . '/stock', self::given($fields), 'items');
        }
    }

    final class SDKTokens extends Module
    {
        /** What the token that you send may do. */
        public function introspect(): Answer
        {
            return $this->call('GET', '/api/v1/sdk/token/introspect');
        }
    }

    final class SDKPatients extends Module
    {
        /** Who is registered under a Health ID; as `searchPatient`. */
        public function get(string $healthId): Answer
        {
            return $this->call('GET', '/api/v1/sdk/patient/' . self::segment($healthId));
        }

        /** Demographics, allergies, active medications, recent labs and visits; needs consent. */
        public function getSummary(string $healthId): Answer
        {
            return $this->call('GET', '/api/v1/sdk/patients/' . self::segment($healthId) . '/summary');
        }

        /** A patient's visits, newest first; needs consent. */
        public function encounters(string $healthId, array $fields = []): Answer
        {
            return $this->call('GET', '/api/v1/sdk/patients/' . self::segment($healthId) . '/encounters', query: self::given($fields));
        }

        /** Goes through all: A patient's visits, newest first; needs consent. */
        public function eachEncounter(string $healthId, array $fields = []): \Generator
        {
            return $this->eachItem('/api/v1/sdk/patients/' . self::segment($healthId) . '/encounters', self::given($fields), 'encounters');
        }
    }

    final class SDKWebhooks extends WebhookModule
    {
        /** Subscribe a URL to events; as `createSubscription`. */
        public function subscribe(mixed $endpointUrl = null, mixed $events = null, mixed $description = null, array $fields = [], ?string $idempotencyKey = null): Answer
        {
            return $this->call('POST', '/api/v1/sdk/webhooks/subscriptions', body: self::given($fields, ['endpoint_url' => $endpointUrl, 'events' => $events, 'description' => $description]), key: $idempotencyKey ?? true);
        }

        /** Your client's active subscriptions, without their secrets. */
        public function list(): Answer
        {
            return $this->call('GET', '/api/v1/sdk/webhooks/subscriptions');
        }

        /** End a subscription; what waits for it is not delivered any more. */
        public function unsubscribe(string $subscriptionId): Answer
        {
            return $this->call('DELETE', '/api/v1/sdk/webhooks/subscriptions/' . self::segment($subscriptionId));
        }
    }

    const CLIENT_MODULES = ['patients' => Patients::class, 'healthIds' => HealthIds::class, 'consents' => Consents::class, 'widget' => Widget::class, 'records' => Records::class, 'inventory' => Inventory::class, 'payments' => Payments::class, 'webhooks' => Webhooks::class];
    const SDK_MODULES = ['widget' => SDKWidget::class, 'appointments' => SDKAppointments::class, 'facilities' => SDKFacilities::class, 'tokens' => SDKTokens::class, 'patients' => SDKPatients::class, 'webhooks' => SDKWebhooks::class];

    // Made by scripts/sdk from openapi.yaml: end.
}
