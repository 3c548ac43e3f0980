import HTTP
import Identity
import JSON
import Registry
import Values

/// A person's page, for administrators: found by whatever is known, with all that is registered of them and
/// where it comes from. Whoever is shown is audited.
enum PersonRoutes {
    static let all = [
        Route(
            .post, "/api/v1/admin/patients/search", "searchPeople", scope: .admin, searchPeople),
        Route(.get, "/api/v1/admin/patients/{health_id}", "showPerson", scope: .admin, showPerson),
    ]

    @Sendable private static func searchPeople(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let search = PersonSearch(&body, today: context.now)
        let purpose = body.text("purpose")
        try body.finish()
        return try await context.read(auditing: .read, .many) { tx, entry in
            entry.purpose = purpose ?? entry.purpose
            let hits = try search.hits(in: tx)
            entry.name(hits.map(\.patient))
            return try .object { json in
                json.memberArray("people") { json in
                    for hit in hits { json.element { $0.describe(hit) } }
                }
            }
        }
    }

    @Sendable private static func showPerson(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.healthID
        return try await context.read(auditing: .read, .many) { tx, entry in
            let found = try PatientStore.named(id, auditing: &entry, in: tx)
            let people = try entry.addMerged(of: found.patient.id, in: tx)
            let person = try PersonOverview(of: found.patient, people, in: tx)
            return try .object { json in json.describe(person) }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func describe(_ hit: PersonSearch.Hit) {
        list(hit.patient)
        member("date_of_birth", hit.patient.dateOfBirth.description)
        member("place", hit.address.city ?? hit.address.district)
        member("found_by", hit.reasons.map(\.rawValue))
        member("fields", raw: Array((hit.comparison?.explanation ?? "[]").utf8))
    }

    fileprivate mutating func describe(_ person: PersonOverview) {
        member("health_id", person.patient.healthID)
        describe(person.patient)
        member("national_id", person.fields[.nationalID])
        member("date_of_death", person.fields[.dateOfDeath])
        member("verification_method", person.fields[.verificationMethod])
        member("verification_document", person.fields[.verificationDocument])
        member("address") { json in
            for field in [PatientField.line, .district, .city, .state, .postalCode] {
                json.member(
                    String(field.rawValue.dropFirst("address.".utf8.count)), person.fields[field])
            }
        }
        member("created_by", person.createdBy)
        member("facility_id", person.facilityID)
        member("created_at", person.createdAt.rfc3339)
        member("updated_at", person.updatedAt.rfc3339)
        member("former_ids", person.formerIDs)
        describeWhatHangsOn(person)
    }

    private mutating func describeWhatHangsOn(_ person: PersonOverview) {
        memberArray("references") { json in
            for one in person.references {
                json.element { json in
                    json.member("owner", one.owner)
                    json.member("reference", one.number)
                    json.member("created_at", one.createdAt.rfc3339)
                }
            }
        }
        memberArray("records") { json in
            for one in person.records {
                json.element { json in
                    json.member("type", one.type.plural)
                    json.member("count", one.count)
                    json.member("newest_at", one.newest?.rfc3339)
                }
            }
        }
        memberArray("consents") { json in
            for one in person.consents {
                json.element { json in
                    json.member("id", one.id)
                    json.member("client_id", one.clientID)
                    json.member("state", one.state)
                    json.member("coverage", one.coverage)
                    json.member("expires_at", one.expiresAt.rfc3339)
                }
            }
        }
        memberArray("corrections") { json in
            for one in person.corrections { json.element { $0.describe(one) } }
        }
        memberArray("merges") { json in
            for one in person.merges {
                json.element { json in
                    json.member("id", one.id)
                    json.member("status", one.undoneAt == nil ? "merged" : "undone")
                    json.member("merged_at", one.mergedAt.rfc3339)
                    json.member("merged_by", one.mergedBy)
                    json.member("reason", one.reason)
                }
            }
        }
        memberArray("duplicates") { json in
            for one in person.cases {
                json.element { json in
                    json.member("id", one.id)
                    json.member("health_id", one.healthID)
                    json.member("score", one.bits)
                    json.member("band", one.band)
                }
            }
        }
    }
}
