import API
import App
import Foundation
import Postgres
import PostgresTestSupport
import Registry

/// The database of one `TestApp` on PostgreSQL, where every test runs with OPESCARE_TEST_ENGINE=postgres.
package final class TestDatabase: Sendable {
    package let url: String
    private let name: String

    package static let isPostgres =
        ProcessInfo.processInfo.environment["OPESCARE_TEST_ENGINE"] == "postgres"

    /// Whether there is a PostgreSQL to run on.
    package static var isAvailable: Bool { PostgresCluster.shared != nil }

    /// - Parameter hasSchema: whether it has the tables, without rows; else it has nothing.
    package init(hasSchema: Bool = true) throws {
        guard let cluster = PostgresCluster.shared else {
            fatalError("there is no PostgreSQL for this test")
        }
        name = "test_" + UUID().uuidString.lowercased().replacing("-", with: "_")
        let template = hasSchema ? try Self.template.get() : "template0"
        try Self.administer(["CREATE DATABASE \(name) TEMPLATE \(template)"], on: cluster)
        url = Self.url(of: name, on: cluster)
    }

    /// Whatever becomes of it, the cluster ends with the process.
    package func drop() {
        guard let cluster = PostgresCluster.shared else { return }
        try? Self.administer(["DROP DATABASE \(name) WITH (FORCE)"], on: cluster)
    }

    /// A database with the schema and no rows.
    private static let template = Result {
        guard let cluster = PostgresCluster.shared else { fatalError("there is no PostgreSQL") }
        try administer(["CREATE DATABASE opescare_schema"], on: cluster)
        var configuration = Configuration(environment: .sandbox, dataFolder: "")
        configuration.database = url(of: "opescare_schema", on: cluster)
        _ = try App.Schema.migrate(try configuration.openStorage(), at: TestApp.start)
        let connection = try HostList(
            try ConnectionString(url(of: "opescare_schema", on: cluster))
        ).connect()
        try connection.runScript(functions)
        connection.close()
        return "opescare_schema"
    }

    /// Functions of SQLite by which tests look at what is stored.
    private static let functions = [
        "CREATE FUNCTION quote(text) RETURNS text IMMUTABLE RETURN quote_nullable($1)",
        "CREATE FUNCTION quote(bigint) RETURNS text IMMUTABLE RETURN coalesce($1::text, 'NULL')",
        "CREATE FUNCTION quote(float8) RETURNS text IMMUTABLE RETURN coalesce($1::text, 'NULL')",
        "CREATE FUNCTION quote(bytea) RETURNS text IMMUTABLE RETURN coalesce($1::text, 'NULL')",
        "CREATE FUNCTION hex(bytea) RETURNS text IMMUTABLE RETURN upper(encode($1, 'hex'))",
        "CREATE FUNCTION zeroblob(int) RETURNS bytea IMMUTABLE "
            + "RETURN decode(repeat('00', $1), 'hex')",
        "CREATE FUNCTION json_extract(text, text) RETURNS text IMMUTABLE "
            + "RETURN $1::jsonb #>> string_to_array(substr($2, 3), '.')",
        "CREATE FUNCTION json_remove(text, text) RETURNS text IMMUTABLE "
            + "LANGUAGE sql AS $$ SELECT '{' || coalesce(string_agg(to_json(key)::text || ':' "
            + "|| value::text, ','), '') || '}' FROM json_each($1::json) "
            + "WHERE key <> substr($2, 3) $$",
        "CREATE FUNCTION append_text(text, text, text) RETURNS text IMMUTABLE "
            + "RETURN coalesce($1 || $3, '') || $2",
        "CREATE AGGREGATE group_concat(text, text) (SFUNC = append_text, STYPE = text)",
        "CREATE FUNCTION json_member(text, text) RETURNS text IMMUTABLE RETURN $1::jsonb ->> $2",
        "CREATE OPERATOR ->> (LEFTARG = text, RIGHTARG = text, FUNCTION = json_member)",
        "CREATE DOMAIN blob AS bytea",
        "CREATE FUNCTION instr(text, text) RETURNS int IMMUTABLE RETURN strpos($1, $2)",
        "CREATE FUNCTION printf(text, int) RETURNS text IMMUTABLE "
            + "RETURN replace($1, '%04d', lpad($2::text, 4, '0'))",
    ]

    private static func url(of name: String, on cluster: PostgresCluster) -> String {
        let folder =
            cluster.folder.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return "postgres://postgres@\(folder):\(cluster.port)/\(name)"
    }

    private static func administer(_ statements: [String], on cluster: PostgresCluster) throws {
        let target = try ConnectionString(url(of: "postgres", on: cluster))
        let connection = try HostList(target).connect()
        try connection.runScript(statements)
        connection.close()
    }
}
