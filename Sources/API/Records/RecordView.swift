package import JSON
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

    /// Writes the members of the object that readers get: whose it is, its times and source, the normalised
    /// members, and under `payload` what was sent, byte for byte.
    ///
    /// - Parameter withheld: types of a visit's parts that the reader may not see: what was sent holds them,
    ///   so it is left out, and what is withheld is named. Every caller says what is.
    package func writeView(
        of healthID: String, without withheld: Set<RecordType>, to json: inout JSONWriter
    ) {
        writeHead(of: healthID, to: &json)
        let isWhole = type != .encounter || withheld.isEmpty
        json.members(raw: isWhole ? content[...] : content(without: withheld)[...])
    }

    private func content(without withheld: Set<RecordType>) -> [UInt8] {
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
        return json.finish()
    }

    private func writeHead(of healthID: String, to json: inout JSONWriter) {
        json.member("record_id", recordID)
        json.member("type", type.rawValue)
        json.member("health_id", healthID)
        json.memberIfPresent("encounter_id", encounterID)
        json.memberIfPresent("external_id", externalID)
        json.member("occurred_at", occurredAt?.rfc3339)
        json.member("received_at", (amendedAt ?? receivedAt).rfc3339)
        json.member("version", version)
        json.member("source") { json in
            json.member("facility_id", facilityID)
            json.member("client_id", clientID)
        }
    }
}
