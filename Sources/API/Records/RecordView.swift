import JSON
package import Registry
import Values

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
    package func view(of healthID: String) -> [UInt8] {
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
