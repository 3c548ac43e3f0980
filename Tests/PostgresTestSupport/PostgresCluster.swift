import Foundation

/// A PostgreSQL of our own: one for each test process, in a temporary folder, started when a test first
/// asks for it and gone when the process ends, however that happens.
///
/// It speaks TLS with a certificate for localhost and 127.0.0.1, asks for SCRAM over TCP and for nothing on
/// its Unix socket, and forgets what it stored when the machine fails (fsync = off).
package final class PostgresCluster: Sendable {
    /// Nil where it cannot be started, which is then said on standard error: tests are skipped.
    package static let shared = PostgresCluster()

    package static let user = "postgres"
    package static let password = "c0rrect:horse ü"
    /// Also a user, its password and a pg_hba.conf entry: `password`, and `md5`.
    package static let plainUser = "plain"
    package static let hashedUser = "hashed"

    /// Has the Unix socket, and root.crt, which vouches for the server.
    package let folder: String
    package let port: UInt16
    package let version: Int

    package var rootCertificate: String { folder + "/root.crt" }

    private init?() {
        guard let (version, programs) = Self.newestPrograms() else {
            Self.say("no PostgreSQL 15 or newer in /usr/lib/postgresql or POSTGRES_BIN")
            return nil
        }
        self.version = version
        port = Self.freePort()
        let words = ["sh", "-c", Self.script, "sh", programs, "\(port)", Self.password]
        let answer = Self.firstLine(of: Self.asOrdinaryUser(words))
        guard answer.hasPrefix("ready ") else {
            Self.say(answer.isEmpty ? "PostgreSQL does not start" : answer)
            return nil
        }
        folder = String(answer.dropFirst(6))
    }

    private static func say(_ reason: String) {
        FileHandle.standardError.write(Data("tests without PostgreSQL: \(reason)\n".utf8))
    }

    private static func newestPrograms() -> (Int, String)? {
        if let folder = ProcessInfo.processInfo.environment["POSTGRES_BIN"] {
            return FileManager.default.isExecutableFile(atPath: folder + "/initdb")
                ? (0, folder) : nil
        }
        let root = "/usr/lib/postgresql"
        // No folder, no versions.
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.compactMap { Int($0) }.filter { $0 >= 15 }.sorted(by: >)
            .map { ($0, "\(root)/\($0)/bin") }
            .first { FileManager.default.isExecutableFile(atPath: $0.1 + "/initdb") }
    }

    /// PostgreSQL refuses to run as root.
    private static func asOrdinaryUser(_ words: [String]) -> [String] {
        guard geteuid() == 0 else { return ["/usr/bin/env"] + words }
        let name = unsafe getpwnam("postgres") == nil ? "nobody" : "postgres"
        let start = ["/usr/bin/env", "setpriv", "--reuid=\(name)", "--clear-groups"]
        return start + ["--inh-caps=-all"] + words
    }

    private static func freePort() -> UInt16 {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(number) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(number, generic, length)
                unsafe getsockname(number, generic, &length)
            }
            return unsafe UInt16(bigEndian: pointer.pointee.sin_port)
        }
    }

    /// Starts a program whose standard input ends with this process, and returns the first line that it
    /// writes. Our ends of the pipes are never closed.
    private static func firstLine(of words: [String]) -> String {
        var (input, output): ([Int32], [Int32]) = ([0, 0], [0, 0])
        guard unsafe pipe(&input) == 0, unsafe pipe(&output) == 0 else { return "" }
        for number in input + output { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, input[0], 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output[1], 1)
        let arguments = unsafe words.map { unsafe strdup($0) }
        let environment: [String] = ["PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C"]
        let variables = unsafe environment.map { unsafe strdup($0) }
        defer { unsafe (arguments + variables).forEach { unsafe free($0) } }
        var child: pid_t = 0
        let failure = unsafe posix_spawn(
            &child, words[0], &actions, nil, arguments + [nil], variables + [nil])
        close(input[0])
        close(output[1])
        guard failure == 0 else { return "" }
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while unsafe read(output[0], &byte, 1) == 1, byte != UInt8(ascii: "\n") {
            line.append(byte)
        }
        return String(decoding: line, as: UTF8.self)
    }

    /// synchronous_commit is `local`; a session that asks for `on` waits for a standby that there is not.
    private static let script = """
        programs=$1 port=$2 password=$3
        folder=$(mktemp -d /tmp/opescare-postgres-XXXXXX) || exit 1
        server=
        end() {
            trap '' HUP INT TERM
            if [ -n "$server" ]; then kill -QUIT "$server"; wait "$server"; fi
            cd / && rm -rf "$folder"
        }
        trap end EXIT
        trap 'exit 1' HUP INT TERM
        exec 2>"$folder/log"
        chmod 755 "$folder" && cd "$folder" || exit 1
        fail() { echo "$1: $(tail -n 1 "$folder/log")"; exit 1; }
        printf '%s' "$password" >password
        "$programs/initdb" -D data -U postgres --pwfile=password -E UTF8 --locale=C \\
            --no-sync >&2 || fail initdb
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \\
            -keyout data/server.key -out data/server.crt -subj /CN=localhost \\
            -addext subjectAltName=DNS:localhost,IP:127.0.0.1 >&2 || fail openssl
        cp data/server.crt root.crt && chmod 600 data/server.key
        cat >>data/postgresql.conf <<END
        listen_addresses = '127.0.0.1'
        port = $port
        unix_socket_directories = '$folder'
        ssl = on
        fsync = off
        max_connections = 1000
        shared_buffers = 64MB
        synchronous_commit = local
        synchronous_standby_names = 'nobody'
        END
        cat >data/pg_hba.conf <<END
        local all all trust
        host all plain 127.0.0.1/32 password
        host all hashed 127.0.0.1/32 md5
        host all all 127.0.0.1/32 scram-sha-256
        END
        "$programs/postgres" -D data >&2 &
        server=$!
        tries=0
        until "$programs/pg_isready" -q -h "$folder" -p "$port" >&2; do
            tries=$((tries + 1))
            if [ $tries -gt 300 ] || ! kill -0 "$server"; then fail postgres; fi
            sleep 0.1
        done
        "$programs/psql" -X -q -h "$folder" -p "$port" -U postgres -v ON_ERROR_STOP=1 \\
            -v password="$password" >&2 <<END || fail psql
        CREATE ROLE plain LOGIN PASSWORD :'password';
        SET password_encryption = md5;
        CREATE ROLE hashed LOGIN PASSWORD :'password';
        GRANT CREATE ON SCHEMA public TO plain, hashed;
        END
        echo "ready $folder"
        exec 1>&2
        cat
        """
}
