import API
import HTTP
import Identity
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

/// What undoing a merge gives back, and to whom.
extension DuplicateRoutesTests {
    /// Everything but the logs of what happened: byte for byte.
    private func state() throws -> [String] {
        try app.read { tx in
            var rows: [String] = []
            rows += try tx.all(
                """
                SELECT quote(id) || '|' || quote(health_id) || '|' ||
                    quote(name_key) || '|' || quote(name_ordinal) || '|' ||
                    quote(first_name) || '|' || quote(last_name) || '|' ||
                    quote(date_of_birth) || '|' || quote(country_code) || '|' ||
                    quote(sex) || '|' || quote(phone_number) || '|' ||
                    quote(phone_key) || '|' || quote(national_id) || '|' ||
                    quote(national_id_key) || '|' || quote(blood_type) || '|' ||
                    quote(allergies) || '|' || quote(verification_status) || '|' ||
                    quote(identity_status) || '|' || quote(created_by) || '|' ||
                    quote(facility_id) || '|' || quote(merged_into) || '|' ||
                    quote(created_at) || '|' || quote(updated_at)
                FROM patients ORDER BY 1
                """
            ) { $0.text(0) }
            rows += try tx.all(
                """
                SELECT quote(seq) || '|' || quote(nonce) || '|' || quote(patient_id) || '|' ||
                    quote(type) || '|' || quote(encounter) || '|' ||
                    quote(facility) || '|' || quote(client_id) || '|' ||
                    quote(external_id) || '|' || quote(version) || '|' ||
                    quote(status) || '|' || quote(occurred_at) || '|' ||
                    quote(received_at) || '|' || quote(amended_at) || '|' ||
                    quote(replaced_at) || '|' || quote(listed_at) || '|' ||
                    quote(content)
                FROM records ORDER BY 1
                """
            ) { $0.text(0) }
            rows += try tx.all(
                """
                SELECT quote(record) || '|' || quote(version) || '|' || quote(patient_id) || '|' ||
                    quote(client_id) || '|' || quote(status) || '|' ||
                    quote(occurred_at) || '|' || quote(received_at) || '|' ||
                    quote(content)
                FROM record_versions ORDER BY 1
                """
            ) { $0.text(0) }
            rows += try tx.all(
                """
                SELECT quote(id) || '|' || quote(client_id) || '|' ||
                    quote(patient_id) || '|' || quote(coverage) || '|' ||
                    quote(state) || '|' || quote(basis) || '|' ||
                    quote(purpose) || '|' || quote(verification_method) || '|' ||
                    quote(created_at) || '|' || quote(granted_at) || '|' ||
                    quote(expires_at) || '|' || quote(ended_at)
                FROM consents ORDER BY 1
                """
            ) { $0.text(0) }
            rows += try tx.all(
                """
                SELECT quote(client_id) || '|' || quote(reference) || '|' ||
                    quote(patient_id) || '|' || quote(facility_id) || '|' ||
                    quote(created_at)
                FROM external_references ORDER BY 1
                """
            ) { $0.text(0) }
            rows += try tx.all(
                """
                SELECT quote(id) || '|' || quote(patient_id) || '|' ||
                    quote(patient_no_key) || '|' || quote(national_id_key) || '|' ||
                    quote(mobile_key) || '|' || quote(name_key) || '|' ||
                    quote(is_mismatch) || '|' || quote(fields) || '|' ||
                    quote(created_at) || '|' || quote(updated_at)
                FROM patient_files ORDER BY 1
                """
            ) { $0.text(0) }
            rows += try tx.all(
                """
                SELECT quote(seq) || '|' || quote(nonce) || '|' ||
                    quote(patient_id) || '|' || quote(file_seq) || '|' || quote(date) || '|' ||
                    quote(time_from) || '|' || quote(status) || '|' ||
                    quote(version) || '|' || quote(fields) || '|' || quote(updated_at)
                FROM appointments ORDER BY 1
                """
            ) { $0.text(0) }
            rows += try tx.all(
                """
                SELECT quote(alias) || '|' || quote(patient_id) || '|' ||
                    quote(created_at)
                FROM patient_aliases ORDER BY 1
                """
            ) { $0.text(0) }
            rows += try tx.all(
                """
                SELECT quote(patient_id) || '|' || quote(line) || '|' ||
                    quote(district) || '|' || quote(city) || '|' ||
                    quote(state) || '|' || quote(postal_code)
                FROM patient_addresses ORDER BY 1
                """
            ) { $0.text(0) }
            rows += try tx.all(
                """
                SELECT quote(block) || '|' || quote(code) || '|' || quote(patient_id)
                FROM blocking_keys ORDER BY 1
                """
            ) { $0.text(0) }
            rows += try tx.all(
                """
                SELECT quote(id) || '|' || quote(patient_id) || '|' ||
                    quote(candidate_id) || '|' || quote(bits) || '|' ||
                    quote(band) || '|' || quote(comparison) || '|' ||
                    quote(rule_version) || '|' || quote(state) || '|' ||
                    quote(created_at) || '|' || quote(facility_id) || '|' ||
                    quote(is_corrected) || '|' || quote(rank)
                FROM duplicate_cases ORDER BY 1
                """
            ) { $0.text(0) }
            rows += try tx.all(
                "SELECT id FROM duplicate_decisions WHERE undone_at IS NULL ORDER BY 1"
            ) { $0.text(0) }
            return rows
        }
    }

    @Test func undoMergeRestoresTheStateByteForByte() async throws {
        let (_, newer, id) = try await pair()
        // A consent that the merge ends has to come back too.
        app.advance(seconds: 60)
        _ = await app.send(
            .post, "/api/v1/connect/patient/\(newer)/consent/revoke", token: token, json: "{}")
        let before = try state()
        app.advance(seconds: 60)
        let merged = await app.send(
            .post, "/api/v1/admin/duplicates/\(id)/merge", token: admin)
        let merge = try #require(merged["id"]?.string)
        #expect(try state() != before)
        app.advance(seconds: 60)
        let undone = await app.send(.post, "/api/v1/admin/merges/\(merge)/undo", token: admin)
        #expect(undone.status == 200)
        #expect(undone["status"]?.string == "undone")
        #expect(try state() == before)
        let twice = await app.send(.post, "/api/v1/admin/merges/\(merge)/undo", token: admin)
        #expect(twice.status == 409)
    }

    /// Two files of one clinic, whose patients are found to be one.
    @Test func undoMergeRestoresAClinicsFiles() async throws {
        var healthIDs: [String] = []
        for number in ["P-1", "P-2"] {
            let synced = await HealthcareRoutesTests.post(
                app, "patient",
                """
                {"name":"Mona Ali","mobile":"0501234567","patientNo":"\(number)",
                "dateOfBirth":"1990-01-05"}
                """)
            healthIDs.append(try #require(synced["healthId"]?.string))
            for slot in ["09:00", number == "P-1" ? "10:00" : "11:00"] {
                let booked = await HealthcareRoutesTests.post(
                    app, "appointment",
                    #"{"patientNo":"\#(number)","date":"2026-06-20","timeFrom":"\#(slot)"}"#)
                #expect(booked.status == 201)
            }
        }
        #expect(healthIDs[0] != healthIDs[1])
        let before = try state()
        let list = await app.send(.get, "/api/v1/admin/duplicates", token: admin)
        let id = try #require(list["duplicates"]?.at(0)?["id"]?.string)
        let merged = await app.send(
            .post, "/api/v1/admin/duplicates/\(id)/merge", token: admin)
        let merge = try #require(merged["id"]?.string)
        let shown = await HealthcareRoutesTests.get(app, "patients/P-2")
        #expect(shown["healthId"]?.string == healthIDs[0])
        #expect(shown["patientNo"]?.string == "P-2")
        let undone = await app.send(.post, "/api/v1/admin/merges/\(merge)/undo", token: admin)
        #expect(undone.status == 200)
        // The case is reopened, and else everything is as it was.
        #expect(try state() == before)
    }

    @Test func undoMergeWorksFromTheLastOneBack() async throws {
        let a = await resolve("Maryam", "1971-04-12")["health_id"]?.string ?? ""
        let b = await resolve("Odile", "1966-10-30")["health_id"]?.string ?? ""
        let c = await resolve("Serge", "1959-08-21")["health_id"]?.string ?? ""
        let before = try state()
        func merge(_ retired: String, into survivor: String) async -> String {
            await app.send(
                .post, "/api/v1/admin/merges", token: admin,
                json: """
                    {"survivor_health_id":"\(survivor)","retired_health_id":"\(retired)"}
                    """)["id"]?.string ?? ""
        }
        let first = await merge(a, into: b)
        let second = await merge(b, into: c)
        let verify = await app.send(.get, "/api/v1/connect/patients/verify/\(a)", token: token)
        #expect(verify["health_id"]?.string == c)
        let early = await app.send(.post, "/api/v1/admin/merges/\(first)/undo", token: admin)
        #expect(early.status == 409)
        for id in [second, first] {
            let undone = await app.send(.post, "/api/v1/admin/merges/\(id)/undo", token: admin)
            #expect(undone.status == 200)
        }
        #expect(try state() == before)
        let unknown = await app.send(.post, "/api/v1/admin/merges/mrg_0/undo", token: admin)
        #expect(unknown.status == 404)
    }

    @Test func undoMergeTakesAlongWhatCameUnderTheRetiredID() async throws {
        let (older, newer, id) = try await pair()
        let merged = await app.send(
            .post, "/api/v1/admin/duplicates/\(id)/merge", token: admin)
        let merge = try #require(merged["id"]?.string)
        for (health, name) in [(newer, "under the retired"), (older, "under the survivor")] {
            let push = await app.send(
                .post, "/api/v1/connect/records/lab-results", token: token,
                json: """
                    {"health_id":"\(health)","test_name":"\(name)","result_value":"1"}
                    """)
            #expect(push.status == 201)
        }
        _ = await app.send(.post, "/api/v1/admin/merges/\(merge)/undo", token: admin)
        let charts = try app.read { tx in
            try tx.all(
                """
                SELECT patients.health_id FROM records JOIN patients ON patients.id = patient_id
                WHERE external_id IS NULL AND content LIKE '%under the%'
                ORDER BY content LIKE '%retired%' DESC
                """
            ) { $0.text(0) }
        }
        #expect(charts == [newer, older])
    }

    /// What a facility said last of an external id decides whose record it is.
    @Test func undoMergeLeavesNoChartWithWhatWasSaidOfTheOther() async throws {
        let (older, newer, id) = try await pair()
        let merged = await app.send(
            .post, "/api/v1/admin/duplicates/\(id)/merge", token: admin)
        let merge = try #require(merged["id"]?.string)
        func push(_ health: String, _ number: String, _ value: String) async -> Answer {
            await app.send(
                .post, "/api/v1/connect/records/lab-results", token: token,
                json: """
                    {"health_id":"\(health)","test_name":"HbA1c","result_value":"\(value)",
                    "external_lab_order_id":"\(number)"}
                    """)
        }
        // L-1 was the retired patient's.
        #expect(await push(older, "L-1", "of the older")["amended"]?.bool == true)
        #expect(await push(older, "L-9", "first the older").status == 201)
        #expect(await push(newer, "L-9", "then the newer")["amended"]?.bool == true)
        _ = await app.send(.post, "/api/v1/admin/merges/\(merge)/undo", token: admin)
        func chart(_ health: String) throws -> [String] {
            try app.read { tx in
                try tx.all(
                    """
                    SELECT external_id || content FROM records
                    JOIN patients ON patients.id = patient_id
                    WHERE health_id = ? AND external_id IN ('L-1', 'L-9') ORDER BY 1
                    """, [.text(health)]
                ) { $0.text(0) }
            }
        }
        let (left, right) = (try chart(older), try chart(newer))
        #expect(left.count == 1 && left[0].contains("of the older"))
        #expect(right.count == 1 && right[0].contains("then the newer"))
        #expect(await push(older, "L-1", "again").status == 201)
        #expect(await push(newer, "L-1", "again").status == 422)
    }

    /// Reasons of four kilobytes: what 500 rows come to is more than an answer is to have.
    @Test func listMergesPagesByLengthToo() async throws {
        let (older, newer, _) = try await pair()
        try await app.app.writer.write { tx in
            try tx.run(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
                INSERT INTO merges (id, survivor_id, retired_id, reason, merged_at, merged_by,
                    undone_at, undone_by)
                SELECT printf('mrg_%04d', i), a.id, b.id, ?, 1, 'admin:x', 2, 'admin:x'
                FROM n, patients a, patients b WHERE a.health_id = ? AND b.health_id = ?
                """, [.text(String(repeating: "😀", count: 1_000)), .text(older), .text(newer)])
        }
        var seen: [String] = []
        var cursor = ""
        var pageCount = 0
        repeat {
            let page = await app.send(
                .get, "/api/v1/admin/merges?limit=500" + cursor, token: admin)
            #expect(page.status == 200 && page.body.count < 1_100_000)
            seen += page["merges"]?.elements.compactMap { $0["id"]?.string } ?? []
            cursor = page["next_cursor"]?.string.map { "&cursor=" + $0 } ?? ""
            pageCount += 1
        } while !cursor.isEmpty && pageCount < 10
        #expect(pageCount == 2)
        #expect(seen.count == 400 && Set(seen).count == 400)
    }

    /// The Health IDs that events of a kind are told under now, oldest first.
    private func numbers(toldOf type: String) throws -> [String] {
        try app.read { tx in
            let events = try EventStore.all(after: 0, limit: 1_000, in: tx).filter {
                $0.type == type
            }
            return try events.map { event in
                let number = try JSONDocument(event.data).root["health_id"]?.string ?? ""
                // Whom it counts as about is whom the number names.
                let patient = try event.patientID.flatMap {
                    try PatientStore.find(id: $0, in: tx)
                }
                let named = try PatientReference(number).flatMap {
                    try PatientStore.find($0, in: tx)
                }
                #expect(patient?.id == named?.patient.id)
                return number
            }
        }
    }

    /// Receivers file an event under the number that it names.
    @Test func anEventNamesWhomItIsAboutWhileMergedAndAfterwards() async throws {
        let (older, newer, id) = try await pair()
        func push(_ health: String, _ name: String) async {
            let answer = await app.send(
                .post, "/api/v1/connect/records/lab-results", token: token,
                json: """
                    {"health_id":"\(health)","test_name":"\(name)","result_value":"1"}
                    """)
            #expect(answer.status == 201)
        }
        func verify(_ health: String) async {
            let path = "/api/v1/connect/patients/verify/\(health)"
            #expect(await app.send(.get, path, token: token).status == 200)
        }
        let before = try numbers(toldOf: "lab_result.released").count
        await push(newer, "before")
        await verify(newer)
        let merged = await app.send(
            .post, "/api/v1/admin/duplicates/\(id)/merge", token: admin)
        let merge = try #require(merged["id"]?.string)
        for health in [newer, older] {
            await push(health, "meanwhile " + health)
            await verify(health)
        }
        // A retired number still leads to the survivor.
        let results = { try Array(numbers(toldOf: "lab_result.released").dropFirst(before)) }
        #expect(try results() == [newer, older, older])
        #expect(try numbers(toldOf: "health_id.verified") == [newer, older, older])
        _ = await app.send(.post, "/api/v1/admin/merges/\(merge)/undo", token: admin)
        await push(newer, "afterwards")
        #expect(try results() == [newer, newer, older, newer])
        #expect(try numbers(toldOf: "health_id.verified") == [newer, newer, older])
        #expect(try numbers(toldOf: "patient.merged") == [older])
        let page = await app.send(
            .get, "/api/v1/connect/webhooks/events?limit=500", token: token)
        let listed = try #require(page["events"]?.elements).filter {
            $0["type"]?.string == "lab_result.released"
        }
        #expect(
            listed.suffix(4).map { $0["data"]?["health_id"]?.string } == [
                newer, newer, older, newer,
            ])
    }

    @Test func whatAnAgentSendsUnderARetiredIDIsToldOfTheSurvivor() async throws {
        let (older, newer, id) = try await pair()
        let merged = await app.send(
            .post, "/api/v1/admin/duplicates/\(id)/merge", token: admin)
        let merge = try #require(merged["id"]?.string)
        let sent = await BridgeRoutesTests.send(
            app, .post, "sync",
            json: """
                {"record_type":"lab_result","health_id":"\(newer)","test":"by agent","result":"1"}
                """)
        #expect(sent.status == 200)
        #expect(try numbers(toldOf: "lab_result.released").last == older)
        _ = await app.send(.post, "/api/v1/admin/merges/\(merge)/undo", token: admin)
        #expect(
            try app.read { tx in
                try tx.first(
                    """
                    SELECT health_id FROM records JOIN patients ON patients.id = patient_id
                    WHERE content LIKE '%by agent%'
                    """
                ) { $0.text(0) }
            } == newer)
        // Who sent it, both may read.
        for one in [older, newer] {
            let log = await app.send(
                .get, "/api/v1/admin/patients/\(one)/access-log", token: admin)
            #expect(
                log["accesses"]?.elements.contains { $0["operation"]?.string == "syncRecords" }
                    == true, "\(one)")
        }
    }

    @Test(arguments: ["consent/grant", "emergency"])
    func undoMergeTakesAlongWhatTheRetiredIDAllowed(_ way: String) async throws {
        let older = try #require(
            await resolve("Maryam", "1971-04-12")["health_id"]?.string)
        let newer = try #require(
            await resolve("Mariam", "1971-12-04")["health_id"]?.string)
        let merged = await app.send(
            .post, "/api/v1/admin/merges", token: admin,
            json: #"{"survivor_health_id":"\#(older)","retired_health_id":"\#(newer)"}"#)
        let merge = try #require(merged["id"]?.string)
        try await app.grant(
            "consents:write emergency:access patient:diagnostics:read", to: "demo_dev_sandbox")
        let reader = try await app.token("demo_dev_sandbox")
        let given =
            way == "emergency"
            ? await app.send(
                .post, "/api/v1/connect/emergency-access/request", token: reader,
                json: """
                    {"health_id":"\(newer)","reason":"unconscious","emergency_type":"trauma"}
                    """)
            : await app.send(
                .post, "/api/v1/connect/patient/\(newer)/consent/grant", token: reader,
                json: #"{"consent_type":"full_record","expires_at":"2030-01-01T00:00:00Z"}"#)
        #expect(given.status < 300)
        func status(_ health: String) async -> Int {
            await app.send(.get, "/api/v1/connect/patient/\(health)/records", token: reader).status
        }
        #expect(await status(older) == 200)
        _ = await app.send(.post, "/api/v1/admin/merges/\(merge)/undo", token: admin)
        #expect(await status(older) == 403)
        #expect(await status(newer) == 200)
    }
}
