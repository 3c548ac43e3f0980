import API
import Identity
import JSON
import Registry
import Values

/// What a Patient says, under the names by which resolve is asked (contract § 4).
struct PatientBody {
    private let resource: SentResource
    private var members: [(name: String, text: String)] = []
    private var address: [(name: String, text: String)] = []
    private var complaints = Complaints()

    /// - Parameter systems: of the caller's own numbers.
    init(_ resource: SentResource, _ systems: [String]) {
        self.resource = resource
        if resource["active"]?.bool == false {
            refuse("active", "must not be false: whoever is sent is registered")
        }
        readName()
        readAddress()
        readIdentifiers(systems)
        text("date_of_birth", resource["birthDate"])
        text("sex", resource["gender"])
        let phone = PatientBody.phone(in: resource["telecom"].map { Array($0.elements) } ?? [])
        text("phone_number", phone?["value"])
    }

    /// The official one, else the first in use.
    static func name(in names: [JSONValue]) -> JSONValue? {
        names.prefix(20).first { $0["use"]?.string == "official" }
            ?? names.prefix(20).first { $0["use"]?.string != "old" }
    }

    static func phone(in contacts: [JSONValue]) -> JSONValue? {
        contacts.first { $0["system"]?.string == "phone" && $0["use"]?.string != "old" }
    }

    /// Elements that no column holds.
    var others: [String] {
        let kept: Set<String> = [
            "active", "identifier", "name", "telecom", "gender", "birthDate", "address",
        ]
        return resource.json.members.map(\.key).filter {
            !kept.contains($0) && !SentResource.unkept.contains($0)
                && !$0.hasPrefix("deceased")
        }
    }

    private mutating func refuse(_ element: String, _ message: String) {
        complaints.add(message, at: resource.path(element))
    }

    private mutating func text(_ name: String, _ value: JSONValue?) {
        if let text = value?.string { members.append((name, text)) }
    }

    private mutating func readName() {
        let name = PatientBody.name(in: resource["name"].map { Array($0.elements) } ?? [])
        text("last_name", name?["family"])
        let given = (name?["given"]?.elements.prefix(10).compactMap(\.string) ?? [])
        if !given.isEmpty { members.append(("first_name", given.joined(separator: " "))) }
    }

    private mutating func readAddress() {
        guard let sent = resource["address"]?.first else { return }
        let lines = sent["line"]?.elements.prefix(10).compactMap(\.string) ?? []
        if !lines.isEmpty { address.append(("line", lines.joined(separator: ", "))) }
        for (element, name) in [
            ("city", "city"), ("district", "district"), ("state", "state"),
            ("postalCode", "postal_code"),
        ] {
            if let text = sent[element]?.string { address.append((name, text)) }
        }
        text("country_code", sent["country"])
    }

    private mutating func readIdentifiers(_ systems: [String]) {
        let nationalID = FHIRSystem.nationalID("")
        for identifier in resource["identifier"].map({ Array($0.elements.prefix(50)) }) ?? [] {
            let value = identifier["value"]
            switch identifier["system"]?.string {
            case FHIRSystem.healthID where identifier["use"]?.string != "old":
                once("health_id", value)
            case systems.first?: once("external_reference", value)
            case let system? where system.hasPrefix(nationalID):
                once("national_id", value)
                if !members.contains(where: { $0.name == "country_code" }) {
                    members.append(("country_code", String(system.dropFirst(nationalID.count))))
                }
            default: continue
            }
        }
    }

    /// Of two numbers of one kind nobody knows which is meant.
    private mutating func once(_ name: String, _ value: JSONValue?) {
        guard let text = value?.string else { return }
        guard let known = members.first(where: { $0.name == name })?.text else {
            return members.append((name, text))
        }
        if known != text { refuse("identifier", "has two of one system") }
    }

    private static let places = [
        "first_name": "name.given", "last_name": "name.family", "date_of_birth": "birthDate",
        "sex": "gender", "phone_number": "telecom", "country_code": "address.country",
        "health_id": "identifier", "national_id": "identifier", "external_reference": "identifier",
    ]

    /// - Throws: `Refusal` 422 with everything that is wrong, by its place in the resource.
    func query(today: Timestamp) throws -> ResolveQuery {
        guard complaints.isEmpty else { throw Refusal(invalid: complaints) }
        var json = JSONWriter(reserving: 512)
        json.object { json in
            for (name, text) in members { json.member(name, text) }
            json.memberUnlessEmpty("address") { json in
                for (name, text) in address { json.member(name, text) }
            }
        }
        do {
            return try ResolveQuery(reading: ObjectReader(json: json.finish()), today: today)
        } catch let refusal as Refusal where !refusal.fieldErrors.isEmpty {
            throw placed(refusal)
        }
    }

    private func placed(_ refusal: Refusal) -> Refusal {
        var placed = Complaints()
        for (path, messages) in refusal.fieldErrors {
            let place = resource.path(
                path.hasPrefix("address.") ? path : PatientBody.places[path] ?? "")
            for message in messages { placed.add(message, at: place) }
        }
        guard refusal.code == .healthIDInvalid else { return Refusal(invalid: placed) }
        var same = refusal
        same.fieldErrors = placed.named
        return same
    }
}
