import Foundation
import Testing

@testable import Postgres

struct ConnectionStringTests {
    private static func shown(_ target: ConnectionString) -> String {
        let hosts = target.hosts.map { "\($0.name)|\($0.port)" }.joined(separator: " ")
        return "\(target.user) \(target.password?.text ?? "-") \(hosts) \(target.database)"
    }

    static let places: [(String, String)] = [
        ("postgres://a:b@h:1/d", "a b h|1 d"),
        ("postgresql://a@h/d", "a - h|5432 d"),
        ("postgres://a@h", "a - h|5432 a"),
        ("postgres://h", "me - h|5432 me"),
        ("postgres://", "me - localhost|5432 me"),
        ("postgres:///d", "me - localhost|5432 d"),
        ("postgres:///d?host=h&port=7", "me - h|7 d"),
        ("postgres:///d?host=/run/postgresql", "me - /run/postgresql|5432 d"),
        ("postgres://%2Frun%2Fpostgresql/d", "me - /run/postgresql|5432 d"),
        ("postgres://a@h1,h2,h3/d", "a - h1|5432 h2|5432 h3|5432 d"),
        ("postgres://a@h1:1,h2,h3:3/d", "a - h1|1 h2|5432 h3|3 d"),
        ("postgres://a@/d?host=h1,h2&port=6000", "a - h1|6000 h2|6000 d"),
        ("postgres://a@[2001:db8::1]:6/d", "a - 2001:db8::1|6 d"),
        ("postgres://a@[::1],h2:2/d", "a - ::1|5432 h2|2 d"),
        ("postgres://a%40b:p%3A%2F%20%25@h/d%20e", "a@b p:/ % h|5432 d e"),
        ("postgres://a:p@q@h/d", "a p@q h|5432 d"),
        ("postgres://a:b:c@h/d", "a b:c h|5432 d"),
        ("postgres://a:%C3%A9@h/d", "a é h|5432 d"),
        ("postgres://h/d?user=u&password=p", "u p h|5432 d"),
    ]

    @Test(arguments: places) func readsWhereAndWho(_ uri: String, _ expected: String) throws {
        #expect(Self.shown(try ConnectionString(uri, account: "me")) == expected)
    }

    static let refused: [(String, String)] = [
        ("", "begins with postgres://"), ("host=h dbname=d", "begins with postgres://"),
        ("mysql://a@h/d", "begins with postgres://"), ("postgres://a:sec ret@h/d", "no spaces"),
        ("postgres://a:sécret@h/d", "as %XX"), ("postgres://a:secret%4@h/d", "two digits"),
        ("postgres://a:secret%+1@h/d", "two digits"), ("postgres://a:secret%FF@h/d", "not UTF-8"),
        ("postgres://a:secret%00@h/d", "NUL"), ("postgres://a:secret@h:0/d", "1 to 65535"),
        ("postgres://a:secret@h:65536/d", "1 to 65535"),
        ("postgres://a:secret@h:+1/d", "1 to 65535"),
        ("postgres://a:secret@h:5432x/d", "1 to 65535"),
        ("postgres://a:secret@[::1/d", "does not end"), ("postgres://a:secret@[::1]5/d", "a colon"),
        ("postgres://a:secret@h1,h2/d?port=1,2,3", "3 ports for 2 hosts"),
        ("postgres://a:secret@h/d?sslmode", "without a value"),
        ("postgres://a:secret@h/d?sslmode=allow", "one of disable, prefer, require, verify-ca"),
        ("postgres://a:secret@h/d?sslmode=VERIFY-FULL", "one of disable"),
        ("postgres://a:secret@h/d?target_session_attrs=master", "one of any, primary"),
        ("postgres://a:secret@h/d?channel_binding=yes", "one of disable, prefer, require"),
        ("postgres://a:secret@h/d?connect_timeout=0", "1 to 3600"),
        ("postgres://a:secret@h/d?connect_timeout=-1", "1 to 3600"),
        ("postgres://a:secret@h/d?connect_timeout=1e9", "1 to 3600"),
        ("postgres://a:secret@h/d?sslkey=/k", "sslkey is not supported"),
        ("postgres://a:secret@h/d?hostaddr=1.2.3.4", "hostaddr is not supported"),
        ("postgres://a:secret@h/d?ssl=true", "ssl is not supported"),
        ("postgres://a:secret@h/d?service=s", "service is not supported"),
        ("postgres://a:secret@h/d?SSLMODE=disable", "SSLMODE is not supported"),
        ("postgres://a:secret@h/d?user=b", "user is given twice"),
        ("postgres://a:secret@h/d?sslmode=require&sslmode=disable", "sslmode is given twice"),
        ("postgres://h/d", "names no user"),
        ("postgres://a:secret@\(String(repeating: "h,", count: 40))/d", "more than 32 hosts"),
    ]

    @Test(arguments: refused) func refusesByNameAndNeverShowsThePassword(
        _ uri: String, _ reason: String
    ) {
        let error = #expect(throws: ConnectionStringError.self) { try ConnectionString(uri) }
        let text = error?.description ?? ""
        #expect(text.contains(reason), "\(text)")
        #expect(!text.contains("cret"), "\(text)")
    }

    @Test func takesFromTheEnvironmentWhatTheURILeavesOut() throws {
        let environment = [
            "PGHOST": "h1,h2", "PGPORT": "6", "PGDATABASE": "d", "PGUSER": "u", "PGPASSWORD": "p",
            "PGSSLMODE": "require", "PGSSLROOTCERT": "/r", "PGCONNECT_TIMEOUT": "9",
            "PGTARGETSESSIONATTRS": "any", "PGAPPNAME": "app", "PGOPTIONS": "-c x=1",
            "PGCHANNELBINDING": "require", "PGPASSFILE": "/f", "PGDATA": "/nobody",
            "HOME": "/srv/u",
        ]
        let target = try ConnectionString("postgres://", environment: environment)
        #expect(Self.shown(target) == "u p h1|6 h2|6 d")
        #expect(target.sslMode == .require && target.rootCertificate == "/r")
        #expect(target.connectTimeout == 9 && target.target == .any)
        #expect(target.applicationName == "app" && target.options == "-c x=1")
        #expect(target.channelBinding == .require && target.passfile == "/f")
        let own = try ConnectionString(
            "postgres://a:b@h:1/e?sslmode=disable&connect_timeout=3&target_session_attrs=primary",
            environment: environment)
        #expect(Self.shown(own) == "a b h|1 e")
        #expect(own.sslMode == .disable && own.connectTimeout == 3 && own.target == .primary)
    }

    @Test(arguments: ["PGSERVICE", "PGHOSTADDR", "PGSSLKEY", "PGREQUIREAUTH", "PGREQUIREPEER"])
    func refusesVariablesThatItWouldHaveToObey(_ name: String) {
        let error = #expect(throws: ConnectionStringError.self) {
            try ConnectionString("postgres://a@h", environment: [name: "x"])
        }
        #expect(error?.description.hasPrefix(name) == true)
    }

    @Test func isSafeWhereNothingIsSaid() throws {
        let target = try ConnectionString("postgres://a@h/d", environment: ["HOME": "/srv/a"])
        #expect(target.sslMode == nil && target.rootCertificate == "system")
        #expect(target.target == .readWrite && target.passfile == nil)
        let found = try ConnectionString(
            "postgres://a@h/d", environment: ["HOME": "/srv/a"], fileExists: { _ in true })
        #expect(found.rootCertificate == "/srv/a/.postgresql/root.crt")
        #expect(found.passfile == "/srv/a/.pgpass")
    }

    @Test func showsNoPassword() throws {
        let target = try ConnectionString("postgres://a:geheim@h,[::1]:7/d")
        var texts = ["\(target)", String(reflecting: target), "\(target.password as Any)"]
        var dumped = ""
        dump(target, to: &dumped)
        dump(target.password, to: &dumped)
        texts += [dumped, String(reflecting: target.password), "\(Mirror(reflecting: target))"]
        for text in texts { #expect(!text.contains("geheim"), "\(text)") }
        #expect("\(target)" == "postgres://a@h:5432,[::1]:7/d")
    }
}

struct PasswordFileTests {
    private static let text = """
        # comment
        h:5432:d:u:one
        h:*:*:u:t\\:w\\\\o
        localhost:5432:d:u:socket
        broken:line
        *:*:*:*:any
        """

    static let places: [(String, UInt16, String, String, String)] = [
        ("h", 5432, "d", "u", "one"), ("h", 5433, "d", "u", "t:w\\o"),
        ("h", 5432, "e", "u", "t:w\\o"),
        ("i", 5432, "d", "u", "any"), ("h", 5432, "d", "v", "any"),
        ("/run/postgresql", 5432, "d", "u", "socket"),
    ]

    @Test(arguments: places) func takesTheFirstLineThatFits(
        _ place: (host: String, port: UInt16, database: String, user: String, password: String)
    ) {
        let host = ConnectionString.Host(name: place.host, port: place.port)
        let found = PasswordFile(text: Self.text).password(
            for: host, database: place.database, user: place.user)
        #expect(found?.text == place.password)
    }

    @Test func mustBeReadableByItsOwnerAlone() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        func reason() -> String {
            do throws(ConnectionStringError) {
                _ = try PasswordFile(path: path)
                return ""
            } catch {
                return error.description
            }
        }
        #expect(reason() == "cannot read the passfile \(path)")
        for (mode, expected) in [
            (0o600, ""), (0o400, ""), (0o640, "chmod 600"), (0o604, "chmod 600"),
        ] {
            try #require(
                FileManager.default.createFile(atPath: path, contents: Data("*:*:*:*:p".utf8)))
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            #expect(expected.isEmpty ? reason().isEmpty : reason().contains(expected))
        }
    }
}
