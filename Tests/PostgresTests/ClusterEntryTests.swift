import Database
import Foundation
import PostgresTestSupport
import Testing

@testable import Postgres

/// Getting into PostgreSQL itself, where there is one.
@Suite(.enabled(if: PostgresCluster.shared != nil))
struct ClusterEntryTests {
    static let entries: [(String, String)] = [
        ("sslmode=verify-full", "TLS"), ("sslmode=verify-ca", "TLS"), ("sslmode=require", "TLS"),
        ("sslmode=prefer", "TLS"), ("", "TLS"), ("sslmode=disable", "plain"),
        ("sslmode=verify-full&channel_binding=require", "TLS"),
        ("sslmode=require&channel_binding=require", "TLS"),
        ("sslmode=verify-full&channel_binding=disable", "TLS"),
        ("sslmode=disable&channel_binding=require", "channel_binding=require"),
    ]

    @Test(arguments: entries) func getsInAsTheParametersSay(
        _ query: String, _ expected: String
    ) throws {
        var found = ""
        let error = Cluster.error {
            let session = try Cluster.open(query)
            found = try Cluster.text(
                session.query(
                    """
                    SELECT CASE WHEN ssl THEN 'TLS' ELSE 'plain' END FROM pg_stat_ssl
                    WHERE pid = pg_backend_pid()
                    """))
        }
        let getsIn = expected == "TLS" || expected == "plain"
        #expect(getsIn == (error == nil))
        #expect(getsIn ? found == expected : error?.description.contains(expected) == true)
    }

    @Test func verifiesWhoAnswers() throws {
        let named = Cluster.error {
            let target = try ConnectionString(
                try Cluster.uri("sslmode=verify-full", host: "127.0.0.1"))
            _ = try HostList(target).connect()
        }
        #expect(named == nil)
        let cluster = try Cluster.cluster()
        let system = "postgres://postgres:x@localhost:\(cluster.port)/postgres?sslmode=verify-"
        for mode in ["full", "ca"] {
            let error = Cluster.error {
                _ = try HostList(try ConnectionString(system + mode + "&sslrootcert=system"))
                    .connect()
            }
            #expect(error?.description.contains("self-signed certificate") == true)
        }
    }

    @Test func anotherNameIsAnotherServer() throws {
        // The certificate names 127.0.0.1 and localhost alone.
        let target = try ConnectionString(try Cluster.uri("sslmode=verify-full", host: "127.0.0.2"))
        let error = Cluster.error { _ = try HostList(target).connect() }
        #expect(error?.description.contains("127.0.0.2") == true)
    }

    static let methods: [(String, String, Bool)] = [
        (PostgresCluster.plainUser, "", true), (PostgresCluster.hashedUser, "", true),
        (PostgresCluster.plainUser, "sslmode=disable", true),
        (PostgresCluster.hashedUser, "sslmode=disable", true),
        (PostgresCluster.plainUser, "channel_binding=require", false),
        (PostgresCluster.hashedUser, "channel_binding=require", false),
    ]

    @Test(arguments: methods) func answersOlderMethodsOnThisMachine(
        _ user: String, _ query: String, _ getsIn: Bool
    ) {
        #expect((Cluster.error { _ = try Cluster.open(query, user: user) } == nil) == getsIn)
    }

    @Test func isToldThatThePasswordIsWrong() throws {
        let target = try ConnectionString(try Cluster.uri(password: "geheim"))
        let error = Cluster.error { _ = try HostList(target).connect() }
        #expect(error?.description.contains("28P01") == true)
        #expect(error?.description.contains("geheim") == false)
        let nobody = try ConnectionString(
            "postgres://postgres@localhost:\(try Cluster.cluster().port)/x")
        #expect(
            Cluster.error { _ = try HostList(nobody).connect() }?.description.contains("PGPASSWORD")
                == true)
    }

    @Test func takesThePasswordFromAFile() throws {
        let cluster = try Cluster.cluster()
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        let password = PostgresCluster.password.replacing(":", with: "\\:")
        try "*:*:*:postgres:\(password)\n".write(toFile: path, atomically: false, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        let target = try ConnectionString(
            "postgres://postgres@127.0.0.1:\(cluster.port)/postgres?sslmode=require",
            environment: ["PGPASSFILE": path])
        #expect(try Cluster.integer(HostList(target).connect().query("SELECT 1")) == 1)
    }
}
