import API
import HTTP
import Identity
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

/// The list of cases: its orders, filters and pages.
extension DuplicateRoutesTests {
    private struct Seeded {
        let id: String
        let isCertain: Bool
        let bits: Double
        let age: Int
        let isHere: Bool
    }

    /// Cases of many scores and ages, several of them equal, in no order; half were opened at one facility.
    private func seed(_ count: Int) async throws -> [Seeded] {
        let now = app.now
        return try await app.app.writer.write { tx in
            let here = try tx.first("SELECT id FROM facilities") { $0.text(0) }
            return try (0..<count).map { index in
                let one = Seeded(
                    id: Identifier.make(
                        "dup_", at: now.adding(seconds: -86_400 * Int64(index * 7 % 40) - 3600)),
                    isCertain: index % 3 == 0, bits: Double(index * 5 % 11) / 2 + 14,
                    age: index * 7 % 40, isHere: index % 2 == 0)
                let ids = try (0..<2).map { side in
                    try tx.first(
                        """
                        INSERT INTO patients (health_id, first_name, last_name, date_of_birth,
                            country_code, verification_status, identity_status, created_by,
                            facility_id, created_at, updated_at)
                        VALUES (?, 'A', 'B', '1990-01-01', 'CM', 'unverified', 'active', 'x', ?, 0, 0)
                        RETURNING id
                        """,
                        [
                            .text("CM-HID-\(index)-\(side)"),
                            .optional(one.isHere ? here : nil),
                        ]
                    ) { $0.int64(0) } ?? 0
                }
                try tx.run(
                    """
                    INSERT INTO duplicate_cases (id, patient_id, candidate_id, facility_id,
                        is_corrected, bits, band, rank, comparison, rule_version, state, created_at)
                    VALUES (?, ?, ?, ?, 0, ?, ?, ?, '[]', 2, 'open', ?)
                    """,
                    [
                        .text(one.id), .integer(ids[1]), .integer(ids[0]),
                        .optional(one.isHere ? here : nil), .real(one.bits),
                        .text(one.isCertain ? "certain" : "possible"),
                        .integer(
                            DuplicateRank.value(
                                one.isCertain ? .certain : .possible, bits: one.bits)),
                        .integer(now.adding(seconds: -86_400 * Int64(one.age) - 3600).milliseconds),
                    ])
                return one
            }
        }
    }

    private func pages(_ query: String, limit: Int) async -> [String] {
        var seen: [String] = []
        var cursor = ""
        repeat {
            let page = await app.send(
                .get, "/api/v1/admin/duplicates?limit=\(limit)\(query)\(cursor)", token: admin)
            #expect(page.status == 200, "\(page.text)")
            let ids = page["duplicates"]?.elements.compactMap { $0["id"]?.string } ?? []
            seen += ids
            cursor = page["next_cursor"]?.string.map { "&cursor=" + $0 } ?? ""
            #expect(cursor.isEmpty || ids.count == limit)
        } while !cursor.isEmpty && seen.count < 1_000
        return seen
    }

    @Test(arguments: [1, 7, 500])
    func listDuplicatesGivesEachCaseOnceInItsOrder(_ limit: Int) async throws {
        let all = try await seed(61)
        let facility = try app.read { tx in
            try tx.first("SELECT id FROM facilities") { $0.text(0) } ?? ""
        }
        for order in ["certainty", "age"] {
            for band in ["", "certain", "possible"] {
                for days in [0, 7, 30] {
                    for isHere in [false, true] {
                        let expected = all.filter { one in
                            (band.isEmpty || one.isCertain == (band == "certain"))
                                && one.age >= days && (!isHere || one.isHere)
                        }.sorted { left, right in
                            if order == "age" { return left.id < right.id }
                            if left.isCertain != right.isCertain { return left.isCertain }
                            return left.bits == right.bits
                                ? left.id < right.id : left.bits > right.bits
                        }.map(\.id)
                        let query =
                            "&order=\(order)&band=\(band)"
                            + (days > 0 ? "&older_than_days=\(days)" : "")
                            + (isHere ? "&facility_id=\(facility)" : "")
                        #expect(await pages(query, limit: limit) == expected, "\(query)")
                    }
                }
            }
        }
    }

    private static let refusedQueries: [(String, Int, String)] = [
        ("band=x", 422, "band"), ("band=unlikely", 422, "band"), ("order=name", 422, "order"),
        ("older_than_days=0", 422, "older_than_days"),
        ("older_than_days=-1", 422, "older_than_days"),
        ("older_than_days=%2B7", 422, "older_than_days"),
        ("older_than_days=%D9%A3", 422, "older_than_days"),
        ("older_than_days=99999999999999999999", 422, "older_than_days"),
        ("older_than_days=3661", 422, "older_than_days"), ("facility_id=nowhere", 404, ""),
        ("state=merged&band=certain", 422, "band"), ("state=closed&order=age", 422, "order"),
        ("state=dismissed&facility_id=FAC-001", 422, "facility_id"), ("cursor=x", 422, "cursor"),
        ("facility=x", 422, "facility"),
    ]

    @Test(arguments: refusedQueries)
    func listDuplicatesRefuses(_ query: String, _ status: Int, _ field: String) async throws {
        let answer = await app.send(.get, "/api/v1/admin/duplicates?" + query, token: admin)
        #expect(answer.status == status, "\(answer.text)")
        if status == 422 { #expect(answer["errors"]?[field] != nil, "\(answer.text)") }
    }

    @Test func listDuplicatesTakesNoPlaceOfAnotherOrder() async throws {
        _ = try await seed(3)
        let page = await app.send(
            .get, "/api/v1/admin/duplicates?limit=1&order=age", token: admin)
        let cursor = try #require(page["next_cursor"]?.string)
        for query in ["order=certainty", "state=merged", "state=closed"] {
            let answer = await app.send(
                .get, "/api/v1/admin/duplicates?\(query)&cursor=\(cursor)", token: admin)
            #expect(answer["errors"]?["cursor"] != nil, "\(query)")
        }
    }

    /// Each page is read from its place in an index, however many cases there are.
    @Test(.enabled(if: !TestDatabase.isPostgres))
    func listDuplicatesReadsAnIndexFromItsPlace() throws {
        func plan(_ sql: StaticString) throws -> [String] {
            try app.read { tx in try tx.all(sql) { $0.text(3) } }
        }
        let plans = [
            try plan(
                """
                EXPLAIN QUERY PLAN SELECT bits FROM duplicate_cases
                WHERE state = 'open' AND (rank, id) > (1, 'd') AND rank <= 2 AND id < 'e'
                ORDER BY rank, id LIMIT 50
                """),
            try plan(
                """
                EXPLAIN QUERY PLAN SELECT bits FROM duplicate_cases
                WHERE state = 'open' AND facility_id = 'f' AND (rank, id) > (1, 'd') AND rank <= 2
                    AND id < 'e' ORDER BY rank, id LIMIT 50
                """),
            try plan(
                """
                EXPLAIN QUERY PLAN SELECT bits FROM duplicate_cases
                WHERE state = 'open' AND id > 'd' AND rank >= 1 AND rank <= 2 AND id < 'e'
                ORDER BY id LIMIT 50
                """),
            try plan(
                """
                EXPLAIN QUERY PLAN SELECT bits FROM duplicate_cases
                WHERE state = 'open' AND facility_id = 'f' AND id > 'd' AND rank >= 1 AND rank <= 2
                    AND id < 'e' ORDER BY id LIMIT 50
                """),
            try plan(
                """
                EXPLAIN QUERY PLAN SELECT id FROM duplicate_decisions
                WHERE undone_at IS NULL AND decision = 'merged' AND id < 'e'
                ORDER BY id DESC LIMIT 50
                """),
        ]
        let indexes = ["_open ", "_facility ", "_age ", "_facility_age ", "_standing "]
        for (plan, index) in zip(plans, indexes) {
            #expect(plan.count == 1, "\(plan)")
            #expect(plan[0].hasPrefix("SEARCH ") && plan[0].contains(index), "\(plan)")
        }
    }
}
