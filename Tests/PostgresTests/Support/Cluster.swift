import Database
import Foundation
import PostgresTestSupport
import Testing

@testable import Postgres

/// Sessions with PostgreSQL itself, and what tests ask of them.
enum Cluster {
    static func cluster() throws -> PostgresCluster { try #require(PostgresCluster.shared) }

    static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    /// Over TLS, which shows who is there, by SCRAM bound to it.
    static func uri(
        _ query: String = "", user: String = PostgresCluster.user, host: String = "localhost",
        password: String = PostgresCluster.password
    ) throws -> String {
        let cluster = try cluster()
        return "postgres://\(user):\(encoded(password))@\(host):\(cluster.port)/postgres"
            + "?sslrootcert=\(encoded(cluster.rootCertificate))&" + query
    }

    static func open(
        _ query: String = "", user: String = PostgresCluster.user,
        _ change: (inout ConnectionLimits) -> Void = { _ in }
    ) throws -> Postgres.Connection {
        var limits = ConnectionLimits()
        change(&limits)
        let target = try ConnectionString(try uri(query, user: user))
        return try HostList(target, limits: limits).connect()
    }

    /// Over the Unix socket, without TLS and password.
    static func openLocally(
        _ change: (inout ConnectionLimits) -> Void = { _ in }
    ) throws -> Postgres.Connection {
        var limits = ConnectionLimits()
        change(&limits)
        let cluster = try cluster()
        let target = try ConnectionString(
            "postgres://postgres@\(encoded(cluster.folder)):\(cluster.port)/postgres")
        return try HostList(target, limits: limits).connect()
    }

    static func error(_ body: () throws -> Void) -> DatabaseError? {
        do {
            try body()
            return nil
        } catch {
            return error as? DatabaseError
        }
    }

    static func integer(_ answer: Answer) throws -> Int {
        _ = try answer.next()
        let row = Row(answer)
        return row.int(0)
    }

    static func text(_ answer: Answer) throws -> String {
        _ = try answer.next()
        let row = Row(answer)
        return row.text(0)
    }
}

extension Postgres.Connection {
    /// One statement with many rows of values, in one flight; how many rows each changed.
    func runAll(
        _ sql: StaticString, _ rows: [[SQLValue]]
    ) throws(DatabaseError) -> [Int] {
        var answers: [Answer] = []
        for row in rows { answers.append(try ask(sql, row)) }
        var counts: [Int] = []
        for answer in answers {
            try collect(answer)
            counts.append(try answer.run())
        }
        return counts
    }
}
