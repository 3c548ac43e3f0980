import Testing

@testable import Postgres

struct StatementTextTests {
    static let texts: [(String, String, Int)] = [
        ("SELECT 1", "SELECT 1", 0),
        ("SELECT ?", "SELECT $1", 1),
        ("SELECT ?, ?, ?", "SELECT $1, $2, $3", 3),
        ("SELECT ?2, ?1, ?2", "SELECT $2, $1, $2", 2),
        ("SELECT ?3, ?", "SELECT $3, $4", 4),
        ("SELECT ?1, ?, ?1", "SELECT $1, $2, $1", 2),
        ("SELECT ?12", "SELECT $12", 12),
        ("a=?AND b=?", "a=$1AND b=$2", 2),
        ("CAST(?1 AS TEXT) IS NULL", "CAST($1 AS TEXT) IS NULL", 1),
        ("SELECT '?'", "SELECT '?'", 0),
        ("SELECT 'it''s ?', ?", "SELECT 'it''s ?', $1", 1),
        ("SELECT '\\', ?", "SELECT '\\', $1", 1),
        ("SELECT E'\\'?', ?", "SELECT E'\\'?', $1", 1),
        ("SELECT e'\\\\', ?", "SELECT e'\\\\', $1", 1),
        ("SELECT E'a''?', ?", "SELECT E'a''?', $1", 1),
        ("SELECT nameE'?', ?", "SELECT nameE'?', $1", 1),
        ("SELECT \"a?\"\"?\", ?", "SELECT \"a?\"\"?\", $1", 1),
        ("SELECT ? -- why?\n, ?", "SELECT $1 -- why?\n, $2", 2),
        ("SELECT 1 -- why?", "SELECT 1 -- why?", 0),
        ("SELECT /* ? */ ?", "SELECT /* ? */ $1", 1),
        ("SELECT /* /* ? */ ? */ ?", "SELECT /* /* ? */ ? */ $1", 1),
        ("SELECT $$?$$, ?", "SELECT $$?$$, $1", 1),
        ("SELECT $a$ $$?$b$ $a$, ?", "SELECT $a$ $$?$b$ $a$, $1", 1),
        ("SELECT a$b, ?", "SELECT a$b, $1", 1),
        ("SELECT $1, ?", "SELECT $1, $1", 1),
        ("SELECT 5/?, 5-?", "SELECT 5/$1, 5-$2", 2),
        ("SELECT 'é?' , 'ü', ?", "SELECT 'é?' , 'ü', $1", 1),
        ("'", "'", 0), ("/*", "/*", 0), ("$a$", "$a$", 0), ("E'\\", "E'\\", 0), ("?", "$1", 1),
    ]

    @Test(arguments: texts) func numbersTheParametersOutsideQuotesAndComments(
        _ text: String, _ sql: String, _ count: Int
    ) {
        let statement = StatementText(text)
        #expect(statement.sql == sql)
        #expect(statement.parameterCount == count)
    }

    static let controls: [(String, Bool)] = [
        ("BEGIN", true), ("commit", true), ("  ROLLBACK TO x", true), ("/* a */ -- b\nEND", true),
        ("START TRANSACTION", true), ("ABORT", true), ("SAVEPOINT a", true), ("RELEASE a", true),
        ("PREPARE TRANSACTION 'x'", true), ("SELECT 'COMMIT'", false), ("\"COMMIT\"", false),
        ("INSERT INTO begin VALUES (1)", false), ("beginning", false), ("", false),
    ]

    @Test(arguments: controls) func knowsWhatBeginsAndEndsTransactions(
        _ text: String, _ isControl: Bool
    ) { #expect(StatementText(text).isControl == isControl) }
}
