import JSON
package import Registry
package import Values

extension RecordStore.Line {
    package var recordID: String {
        Identifier.make(type.idPrefix, at: receivedAt, nonce: nonce, row: position.seq)
    }

    package var encounterID: String? {
        encounter.map { visit in
            Identifier.make(
                RecordType.encounter.idPrefix, at: visit.receivedAt, nonce: visit.nonce,
                row: visit.seq)
        }
    }

    /// The object that readers get: whose it is, its times and source, the normalised members, and
    /// under `payload` what was sent, byte for byte.
    ///
    /// - Parameter withheld: types of a visit's parts that the reader may not see: what was sent holds them,
    ///   so it is left out, and what is withheld is named. Every caller says what is.
    package func view(of healthID: String, without withheld: Set<RecordType>) -> [UInt8] {
        guard type == .encounter, !withheld.isEmpty else { return head(of: healthID, content) }
        var json = JSONWriter(reserving: content.count)
        json.object { json in
            // Nothing of a content that cannot be read is shown.
            let stored = try? JSONDocument(content, limits: .stored).root
            for (name, value) in stored?.members.map({ $0 }) ?? [] where name != "payload" {
                json.member(name, value)
            }
            json.memberNull("payload")
            json.member("withheld", RecordType.listed.filter(withheld.contains).map(\.plural))
        }
        return head(of: healthID, json.finish())
    }

    private func head(of healthID: String, _ content: [UInt8]) -> [UInt8] {
        var json = JSONWriter(reserving: 512 + content.count)
        json.object { json in
            json.member("record_id", recordID)
            json.member("type", type.rawValue)
            json.member("health_id", healthID)
            json.memberIfPresent(
                "encounter_id",
                encounterID)
            json.memberIfPresent("external_id", externalID)
            json.member("occurred_at", occurredAt?.rfc3339)
            json.member("received_at", (amendedAt ?? receivedAt).rfc3339)
            json.member("version", version)
            json.member("source") { json in
                json.member("facility_id", facilityID)
                json.member("client_id", clientID)
            }
        }
        var view = json.finish()
        view[view.count - 1] = UInt8(ascii: ",")
        view.append(contentsOf: content.dropFirst())
        return view
    }
}
