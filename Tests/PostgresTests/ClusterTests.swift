import Database
import Foundation
import PostgresTestSupport
import Synchronization
import Testing

@testable import Postgres

/// Statements and transactions of PostgreSQL itself, where there is one.
@Suite(.enabled(if: PostgresCluster.shared != nil))
struct ClusterTests {
    // MARK: Values and statements

    @Test func bringsEveryTypeThereAndBack() throws {
        let session = try Cluster.open()
        let answer = try session.query(
            """
            SELECT CAST(? AS BIGINT), CAST(? AS INTEGER), CAST(? AS SMALLINT),
                CAST(? AS DOUBLE PRECISION), CAST(? AS TEXT), CAST(? AS VARCHAR), CAST(? AS BYTEA),
                CAST(? AS BOOLEAN), CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS NAME)
            """,
            [
                .integer(.min), -7, .integer(-32_768), .real(0.1), "né 😀", "", .blob([0, 255, 0]),
                true, nil, nil, "n",
            ])
        #expect(try answer.next())
        let row = Row(answer)
        #expect(row.int64(0) == .min && row.int(1) == -7 && row.int(2) == -32_768)
        #expect(row.real(3) == 0.1 && row.text(4) == "né 😀" && row.text(5).isEmpty)
        #expect(row.blob(6) == [0, 255, 0] && row.bool(7) && row.textOrNil(8) == nil)
        #expect(row.isNull(9) && row.text(10) == "n" && answer.misread == nil)
        #expect(try !answer.next())
        #expect(try session.query("SELECT pg_advisory_unlock_all()").next())
        let other = Cluster.error { _ = try session.query("SELECT CAST('{}' AS JSON)") }
        #expect(other?.description.contains("json is json") == true)
        let nul = Cluster.error { _ = try session.query("SELECT CAST(? AS TEXT)", ["a\0b"]) }
        #expect(nul == .server(sqlState: "22021", message: ""))
        #expect(try Cluster.integer(session.query("SELECT 1")) == 1)
    }

    /// What SUM makes of bigint: whole numbers of 64 bits are read, all others refused.
    @Test(
        arguments: [
            "0", "1", "-1", "9999", "10000", "100000000", "-10000", "123456789012",
            "9223372036854775807", "-9223372036854775808", "1.0000", "-20000.00",
        ] + [
            "9223372036854775808", "-9223372036854775809", "1e30", "0.5", "-1.00001", "NaN",
            "Infinity",
        ])
    func readsWholeNumbersOfNumeric(_ text: String) throws {
        let session = try Cluster.open()
        let answer = try session.query(
            "SELECT CAST(CAST(? AS TEXT) AS NUMERIC), CAST(CAST(? AS TEXT) AS NUMERIC)",
            [.text(text), .text(text)])
        #expect(try answer.next())
        let whole = text.hasSuffix("00") ? String(text.prefix { $0 != "." }) : text
        #expect(Row(answer).int64(0) == Int64(whole) ?? 0)
        #expect((answer.misread == nil) == (Int64(whole) != nil))
    }

    @Test func changesRowsInOneFlight() throws {
        let session = try Cluster.openLocally()
        try session.execute("CREATE TEMPORARY TABLE t (id BIGINT PRIMARY KEY, note TEXT)")
        try session.begin(.readWrite)
        let rows = (0..<5000).map { [SQLValue.int($0), "note"] }
        #expect(try session.runAll("INSERT INTO t VALUES (?, ?)", rows).count == 5000)
        for id in 0..<100 {
            try session.run("UPDATE t SET note = ? WHERE id = ?", ["x", .int(id)])
        }
        #expect(try session.execute("DELETE FROM t WHERE note = 'x'") == 100)
        let returned = try session.query("INSERT INTO t VALUES (1, 'y'), (2, 'z') RETURNING id")
        #expect(try returned.run() == 2 && returned.isReadOnly == false)
        let first = try session.ask("SELECT COUNT(*) FROM t")
        let second = try session.ask("SELECT note FROM t WHERE id = ?", [2])
        try session.collect(second)
        try session.collect(first)
        #expect(try Cluster.text(second) == "z" && Cluster.integer(first) == 4902)
        try session.commit()
        #expect(!session.isInTransaction)
        let counts = try session.runAll(
            "UPDATE t SET note = 'w' WHERE id < ?", [[3], [1], [4000]])
        #expect(counts == [2, 0, 3902])
    }

    @Test func sends20MegabytesAndReadsAsMany() throws {
        let session = try Cluster.open { $0.answer = .seconds(60) }
        let value = [UInt8](repeating: 65, count: 1 << 20)
        let answer = Array(repeating: [SQLValue.utf8(value)], count: 20)
        #expect(
            try session.runAll("SELECT CAST(? AS TEXT)", answer) == Array(repeating: 0, count: 20))
        let whole = SQLValue.blob([UInt8](repeating: 7, count: 20 << 20))
        let back = try session.query("SELECT CAST(? AS BYTEA)", [whole])
        #expect(try back.next() && Row(back).blob(0).count == 20 << 20)
    }

    // MARK: Failures

    static let failures: [(StaticString, DatabaseError)] = [
        (
            "INSERT INTO failing VALUES (1, 1, 1)",
            .constraint(
                .unique, detail: "duplicate key value violates unique constraint \"failing_pkey\"")
        ),
        (
            "INSERT INTO failing VALUES (2, 9, 1)",
            .constraint(
                .foreignKey,
                detail:
                    "insert or update on table \"failing\" violates foreign key constraint \"failing_parent_fkey\""
            )
        ),
        (
            "INSERT INTO failing VALUES (2, 1, -1)",
            .constraint(
                .check,
                detail:
                    "new row for relation \"failing\" violates check constraint \"failing_n_check\""
            )
        ),
        (
            "INSERT INTO failing VALUES (2, 1, NULL)",
            .constraint(
                .notNull,
                detail:
                    "null value in column \"n\" of relation \"failing\" violates not-null constraint"
            )
        ),
        ("SELECT 1 / (id - 1) FROM failing", .server(sqlState: "22012", message: "")),
        (
            "SELECT nothing",
            .server(sqlState: "42703", message: "column \"nothing\" does not exist")
        ),
        ("DO $$ BEGIN RAISE EXCEPTION 'no ?'; END $$", .constraint(.other, detail: "no ?")),
    ]

    @Test func tellsFailuresApart() throws {
        let session = try Cluster.openLocally()
        try session.execute(
            """
            CREATE TEMPORARY TABLE failing (id BIGINT PRIMARY KEY,
                parent BIGINT NOT NULL REFERENCES failing, n BIGINT NOT NULL CHECK (n > 0))
            """)
        try session.execute("INSERT INTO failing VALUES (1, 1, 1)")
        for (sql, expected) in Self.failures {
            #expect(Cluster.error { _ = try session.query(sql) } == expected)
            try session.begin(.readWrite)
            try session.run("UPDATE failing SET n = 2")
            #expect(Cluster.error { _ = try session.query(sql) } == expected)
            #expect(session.isInTransaction)
            session.rollback()
        }
        #expect(try Cluster.integer(session.query("SELECT n FROM failing")) == 1)
        try session.begin(.readOnly)
        let write = Cluster.error { try session.execute("UPDATE failing SET n = 3") }
        #expect(write == nil, "temporary tables may be written")
        session.rollback()
    }

    @Test func transactionsThatCollideSaySo() throws {
        let (one, other) = (
            try Cluster.openLocally(),
            try Cluster.openLocally { $0.settings += [("lock_timeout", "50ms")] }
        )
        try one.execute("CREATE TABLE IF NOT EXISTS colliding (id BIGINT PRIMARY KEY, n BIGINT)")
        defer { _ = try? one.execute("DROP TABLE colliding") }
        try one.execute("INSERT INTO colliding VALUES (1, 0), (2, 0)")
        for session in [one, other] {
            try session.begin(.readWrite)
            _ = try session.query("SELECT n FROM colliding")
        }
        try one.execute("UPDATE colliding SET n = 1 WHERE id = 1")
        #expect(
            Cluster.error { try other.execute("UPDATE colliding SET n = 2 WHERE id = 1") }
                == .conflict(.lockTimeout))
        try one.commit()
        other.rollback()
        for session in [one, other] {
            try session.begin(.readWrite)
            _ = try session.query("SELECT n FROM colliding")
        }
        try one.execute("UPDATE colliding SET n = 3 WHERE id = 1")
        try one.commit()
        #expect(
            Cluster.error { try other.execute("UPDATE colliding SET n = 4 WHERE id = 1") }
                == .conflict(.serialization))
        // A body that swallows the error commits nothing.
        #expect(
            Cluster.error { try other.commit() }
                == .server(sqlState: "25P02", message: "the transaction had failed and is undone"))
        #expect(!other.isInTransaction && !other.isClosed)
    }

    @Test func deferredConstraintsFailTheCommit() throws {
        let session = try Cluster.openLocally()
        try session.execute(
            """
            CREATE TEMPORARY TABLE late (id BIGINT PRIMARY KEY,
                parent BIGINT REFERENCES late DEFERRABLE INITIALLY DEFERRED)
            """)
        try session.begin(.readWrite)
        try session.run("INSERT INTO late VALUES (1, 2)")
        guard case .constraint(.foreignKey, _)? = Cluster.error({ try session.commit() }) else {
            Issue.record("committed")
            return
        }
        #expect(!session.isInTransaction)
        // Outside a transaction the Sync commits, behind the statement's own answer.
        guard
            case .constraint(.foreignKey, _)? = Cluster.error({
                try session.execute("INSERT INTO late VALUES (1, 2)")
            })
        else {
            Issue.record("inserted")
            return
        }
        #expect(try Cluster.integer(session.query("SELECT COUNT(*) FROM late")) == 0)
    }

    @Test func aSavepointTakesBackWhatFollowedIt() throws {
        let session = try Cluster.openLocally()
        try session.execute("CREATE TEMPORARY TABLE t (id BIGINT PRIMARY KEY)")
        try session.begin(.readWrite)
        try session.run("INSERT INTO t VALUES (1)")
        for _ in 0..<2 {
            try session.savepoint()
            let error = Cluster.error {
                try session.run("INSERT INTO t VALUES (2)")
                try session.run("INSERT INTO t VALUES (1)")
                try session.run("INSERT INTO t VALUES (3)")
                _ = try session.query("SELECT 1")
            }
            guard case .constraint(.unique, _)? = error else {
                Issue.record("\(error as Any)")
                return
            }
            try session.rollbackToSavepoint()
            try session.releaseSavepoint()
        }
        try session.commit()
        #expect(try Cluster.integer(session.query("SELECT COUNT(*) FROM t")) == 1)
    }

    @Test func preparesAgainWhenATableHasChanged() throws {
        let session = try Cluster.openLocally()
        try session.execute("CREATE TEMPORARY TABLE t (id BIGINT)")
        try session.execute("INSERT INTO t VALUES (1)")
        #expect(try Cluster.integer(session.query("SELECT * FROM t")) == 1)
        try session.execute("ALTER TABLE t ALTER id TYPE TEXT")
        #expect(Cluster.error { _ = try session.query("SELECT * FROM t") } == .conflict(.stalePlan))
        #expect(try Cluster.text(session.query("SELECT * FROM t")) == "1")
        try session.execute("DEALLOCATE ALL")
        #expect(Cluster.error { _ = try session.query("SELECT * FROM t") } == .conflict(.stalePlan))
        #expect(try Cluster.text(session.query("SELECT * FROM t")) == "1")
    }

    // MARK: Ends

    @Test func cancelsAStatement() throws {
        let session = try Cluster.open()
        let canceller = session.canceller
        let isCancelled = Mutex(false)
        Thread.detachNewThread {
            let other = try? Cluster.openLocally()
            // Until it runs there is nothing to cancel.
            let isSleeping: StaticString =
                "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
            while (try? other.map { try Cluster.integer($0.query(isSleeping)) }) == 0 {}
            isCancelled.withLock { $0 = canceller.cancel() }
        }
        guard
            case .server("57014", _)? = Cluster.error({
                _ = try session.query("SELECT pg_sleep(60)")
            })
        else {
            Issue.record("not cancelled")
            return
        }
        #expect(isCancelled.withLock { $0 })
        #expect(Cluster.error { _ = try session.query("SELECT 1") } != nil && session.isClosed)
    }

    @Test func aCommitThatNoStandbyConfirmsIsInDoubt() throws {
        let session = try Cluster.openLocally { $0.settings += [("synchronous_commit", "on")] }
        let other = try Cluster.openLocally()
        try other.execute("CREATE TABLE IF NOT EXISTS doubtful (id BIGINT)")
        defer { _ = try? other.execute("DROP TABLE doubtful") }
        let process = try Cluster.integer(session.query("SELECT pg_backend_pid()"))
        try session.begin(.readWrite)
        try session.run("INSERT INTO doubtful VALUES (1)")
        let isWaiting: StaticString =
            "SELECT COUNT(*) FROM pg_stat_activity WHERE pid = ? AND wait_event = 'SyncRep'"
        let canceller = session.canceller
        Thread.detachNewThread {
            guard let other = try? Cluster.openLocally() else { return }
            // Not by us: the client refuses.
            while (try? Cluster.integer(other.query(isWaiting, [.int(process)]))) == 0 {}
            #expect(!canceller.cancel())
            _ = try? other.query("SELECT pg_cancel_backend(CAST(? AS INTEGER))", [.int(process)])
        }
        guard case .inDoubt(let reason)? = Cluster.error({ try session.commit() }) else {
            Issue.record("not in doubt")
            return
        }
        #expect(reason.contains("synchronous replication"))
        #expect(!session.isClosed)
    }

    @Test func aSessionThatIsTerminatedIsNotUsedAgain() throws {
        let session = try Cluster.open()
        let process = try Cluster.integer(session.query("SELECT pg_backend_pid()"))
        let other = try Cluster.openLocally()
        let end: StaticString = "SELECT pg_terminate_backend(CAST(? AS INTEGER), 5000)"
        #expect(try other.query(end, [.int(process)]).next())
        guard case .unavailable(let reason)? = Cluster.error({ try session.begin(.readWrite) })
        else {
            Issue.record("begun")
            return
        }
        #expect(reason.contains("57P01") && session.isClosed)
    }

    @Test func theServerGivesUpFirst() throws {
        let session = try Cluster.openLocally { $0.settings += [("statement_timeout", "50ms")] }
        #expect(
            Cluster.error { _ = try session.query("SELECT pg_sleep(60)") }
                == .server(
                    sqlState: "57014", message: "canceling statement due to statement timeout"))
        #expect(try Cluster.integer(session.query("SELECT 1")) == 1)
    }

    @Test func aReadOnlySessionIsNoWriter() throws {
        let query = "options=-c%20default_transaction_read_only%3Don"
        let error = Cluster.error { _ = try Cluster.open(query) }
        #expect(error?.description.contains("not read-write now") == true)
        let session = try Cluster.open(query + "&target_session_attrs=read-only")
        try session.begin(.readOnly)
        let write = Cluster.error { try session.execute("CREATE TABLE never (id BIGINT)") }
        guard case .unavailable(let reason)? = write else {
            Issue.record("\(write as Any)")
            return
        }
        #expect(reason.contains("25006"))
    }

    /// Much that is sent in one flight, to which the server says nothing before its end: nobody waits for it.
    @Test func muchIsSentWithoutWaiting() throws {
        let connection = try Cluster.openLocally { $0.answer = .seconds(5) }
        try connection.runScript(["CREATE TEMPORARY TABLE much (bytes BYTEA NOT NULL)"])
        try connection.begin(.readWrite)
        for count in [300_000, 3_000_000, 1_000_000] {
            for _ in 0..<3 {
                try connection.run(
                    "INSERT INTO much VALUES (?)", [.blob([UInt8](repeating: 1, count: count))])
            }
        }
        let sum = try connection.query("SELECT CAST(SUM(length(bytes)) AS BIGINT) FROM much")
        #expect(try Cluster.integer(sum) == 12_900_000)
        try connection.commit()
        connection.close()
    }
}
