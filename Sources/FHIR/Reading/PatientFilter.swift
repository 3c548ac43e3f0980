import API
import Database
import Identity
import Registry
import Values

/// Who is searched for. By what everybody shares alone nobody is: the nation is not listed.
struct PatientFilter: Sendable {
    private let query: SearchQuery
    private let numbers: PatientNumbers

    init(_ request: FHIRRequest, _ context: Context) throws {
        query = try SearchQuery(request, names: PatientResource.parameters.map(\.name))
        numbers = PatientNumbers(context.client)
        guard isSelective else {
            throw SearchQuery.required(
                "identifier",
                "Search by identifier, by phone, by _id, or by family, given and birthdate together."
            )
        }
    }

    /// Who must not exist, by `identifier` alone.
    ///
    /// - Parameter condition: of `If-None-Exist`.
    init(condition: String, _ context: Context) throws {
        query = try SearchQuery(
            Form.items(Array(condition.utf8.drop { $0 == UInt8(ascii: "?") })),
            names: ["identifier"], isOrdered: false, isStrict: true)
        numbers = PatientNumbers(context.client)
        let asked = query.items.flatMap(\.values)
        guard asked.count == 1, let (system, value) = SearchQuery.parts(ofToken: asked[0]),
            !system.isEmpty, !value.isEmpty
        else {
            throw SearchQuery.required(
                "identifier", "If-None-Exist must be one identifier=SYSTEM|VALUE.")
        }
    }

    var search: SearchQuery { query }

    private func first(_ name: String) -> [String]? { query.values(name).first }

    private var isSelective: Bool {
        ["_id", "identifier", "phone", "telecom"].contains { first($0) != nil }
            || ["family", "given", "birthdate"].allSatisfy { first($0) != nil }
    }

    /// Each once, the survivors of merges; at most twenty of any name, number or phone.
    func patients(in tx: borrowing Transaction) throws -> [Patient] {
        var found: [Patient]?
        for (name, values) in query.items {
            let some: [Patient]? =
                switch name {
                case "_id": try values.flatMap { try numbers.patients(withID: $0, in: tx) }
                case "identifier":
                    try values.flatMap { try numbers.patients(identifiedBy: $0, in: tx) }
                case "phone", "telecom": try values.flatMap { try patients(phone: $0, in: tx) }
                default: nil
                }
            guard let some else { continue }
            found =
                found.map { known in known.filter { one in some.contains { $0.id == one.id } } }
                ?? some
        }
        var seen: Set<Int64> = []
        let people = try (found ?? namesakes(in: tx)).filter { seen.insert($0.id).inserted }
        return try people.filter { try fits($0) }
    }

    private func patients(
        phone token: String, in tx: borrowing Transaction
    ) throws -> [Patient] {
        var text = SearchQuery.parts(ofToken: token)?.code ?? token
        if text.hasPrefix("tel:") { text = String(text.dropFirst(4)) }
        // A + that was not escaped is a blank.
        guard case .value(let phone, _) = PhoneText.read(text) else { return [] }
        return try PatientStore.find(phone: phone, in: tx)
    }

    /// Who bears exactly these names and this birth date.
    private func namesakes(in tx: borrowing Transaction) throws -> [Patient] {
        guard let families = first("family"), let givens = first("given"),
            let birthdates = first("birthdate")
        else { return [] }
        var found: [Patient] = []
        for family in families.prefix(10) {
            for given in givens.prefix(10) {
                for birthdate in birthdates.prefix(10) {
                    guard
                        let born = BirthDate(
                            birthdate.hasPrefix("eq") ? String(birthdate.dropFirst(2)) : birthdate)
                    else {
                        throw SearchQuery.invalid("birthdate", "must be a date such as 1990-03-15")
                    }
                    for country in countries {
                        found += try PatientStore.find(
                            Demographics(
                                firstName: given, lastName: family, dateOfBirth: born,
                                countryCode: country), in: tx)
                    }
                }
            }
        }
        return found
    }

    /// Health IDs are of a country; without one, of the deployment's first.
    private var countries: [String] {
        (first("address-country") ?? ["CM"]).prefix(5).map { $0.uppercased() }
    }

    private func fits(_ patient: Patient) throws -> Bool {
        for (name, values) in query.items {
            let fits: Bool =
                switch name {
                case "family": values.contains { $0.foldedWord == patient.lastName.foldedWord }
                case "given":
                    values.contains { given in
                        given.foldedWords.allSatisfy(patient.firstName.foldedWords.contains)
                    }
                case "birthdate":
                    try values.contains { try Self.isBorn(patient.dateOfBirth, on: $0) }
                case "gender":
                    values.contains {
                        (SearchQuery.parts(ofToken: $0)?.code ?? $0)
                            == (patient.sex?.rawValue ?? "unknown")
                    }
                case "address-country": values.contains { $0.uppercased() == patient.countryCode }
                case "active":
                    values.contains { (SearchQuery.parts(ofToken: $0)?.code ?? $0) == "true" }
                default: true
                }
            guard fits else { return false }
        }
        return true
    }

    private static func isBorn(_ born: BirthDate, on text: String) throws -> Bool {
        let condition = try SearchQuery.date("birthdate", text)
        guard let days = DateCondition.days(of: born.description) else { return false }
        return condition.fits(
            Timestamp(seconds: Int64(days.lowerBound) * 86_400),
            until: Timestamp(seconds: Int64(days.upperBound) * 86_400))
    }
}
