package import Identity
import JSON
package import Database
package import Values

/// A question to `searchPatients`.
package enum PatientSearch: Sendable {
    case healthID(PatientReference)
    case phone(String)
    case nationalID(String)
    case demographic(Demographics)

    /// `search_type`.
    package var kind: String {
        switch self {
        case .healthID: "health_id"
        case .phone: "phone"
        case .nationalID: "national_id"
        case .demographic: "demographic"
        }
    }

    /// Reads `{search_type, query}`, where `query` is a text, or an object for demographics; also what is
    /// searched for under its own name beside `purpose`. `nil` once `body` has a complaint.
    package init?(_ body: inout ObjectReader, today: Timestamp) {
        guard let kind = PatientSearch.kind(in: &body) else { return nil }
        guard kind != "demographic" else {
            let isNested = body.peek("query")?.kind == .object
            var query = isNested ? body.nested("query") ?? body : body
            let claims = query.claims(today: today)
            let demographics = query.demographics(of: claims, isRequired: true)
            body.take(problemsOf: query)
            guard let demographics else { return nil }
            self = .demographic(demographics)
            return
        }
        let names = ["query"] + (PatientSearch.names[kind] ?? [])
        guard body.peek("query")?.kind != .bool else {
            body.refuse("query", "must be a text or a number")
            return nil
        }
        guard let text = body.scalar(names, maximum: 255) else {
            body.require(names)
            return nil
        }
        switch kind {
        case "health_id":
            guard let reference = PatientReference(text) else {
                body.refuse("query", "is not a valid Health ID")
                return nil
            }
            self = .healthID(reference)
        case "phone":
            guard let phone = body.value(of: PhoneText.read(text), at: "query") else {
                body.require("query")
                return nil
            }
            self = .phone(phone)
        default:
            // As long as one that can be registered.
            guard let id = body.value(of: IdentifierText.read(text), at: "query"),
                Matching.identifierKey(id).utf8.count >= 4, id.unicodeScalars.count <= 64
            else {
                body.refuse("query", "must be a national id of 4 to 64 characters")
                return nil
            }
            self = .nationalID(id)
        }
    }

    /// What each kind of search is for, under its own name.
    private static let names: [String: [StaticString]] = [
        "health_id": ["health_id"], "phone": ["phone_number", "phone"],
        "national_id": ["national_id"],
    ]
    private static let words = WordList<String>([
        ("health_id", "health id,health id number,hid"),
        ("phone", "phone,phone number,mobile,telephone,téléphone,هاتف"),
        ("national_id", "national id,nid,cni,identité nationale,رقم الهوية"),
        ("demographic", "demographic,demographics,name,names,démographique"),
    ])

    /// `search_type`; without one and without a query, what stands in the body: an id before names, for
    /// it says more.
    private static func kind(in body: inout ObjectReader) -> String? {
        if let word = body.text("search_type") {
            if let kind = words[word] { return kind }
            body.refuse("search_type", "must be health_id, phone, national_id or demographic")
            return nil
        }
        if body.value(["query"]) == nil {
            if body.value(["health_id"]) != nil { return "health_id" }
            let demographic: [StaticString] = ["first_name", "last_name", "date_of_birth", "dob"]
            if demographic.contains(where: { body.value([$0]) != nil }) { return "demographic" }
            if body.value(["national_id"]) != nil { return "national_id" }
            if body.value(["phone_number", "phone"]) != nil { return "phone" }
            body.require("query")
        }
        body.require("search_type")
        return nil
    }

    package func patients(in tx: borrowing Transaction) throws -> [Patient] {
        switch self {
        case .healthID(let reference):
            try PatientStore.find(reference, in: tx).map { [$0.patient] } ?? []
        case .phone(let phone): try PatientStore.find(phone: phone, in: tx)
        case .nationalID(let id): try PatientStore.find(nationalID: id, in: tx)
        case .demographic(let demographics): try PatientStore.find(demographics, in: tx)
        }
    }
}
