import Foundation
import Registry
import Values

enum FacilityCommands {
    static let all = [
        Command(
            name: "facility create", summary: "Register a facility.",
            options: [
                Command.data, Command.database,
                .init(name: "name", placeholder: "TEXT", help: "its name", isRequired: true),
                .init(
                    name: "reference", placeholder: "TEXT",
                    help: "a short name that answers in place of the UUID, such as FAC-001"),
                .init(name: "id", placeholder: "UUID", help: "its UUID (default: a new one)"),
                .init(name: "country", placeholder: "CC", help: "ISO 3166", fallback: "CM"),
                .init(
                    name: "time-zone", placeholder: "ZONE", help: "IANA name",
                    fallback: "Africa/Douala"),
                .init(
                    name: "district", placeholder: "TEXT", help: "the health district it lies in"),
                .init(name: "region", placeholder: "TEXT", help: "the region of that district"),
            ], run: create),
        Command(
            name: "facility list", summary: "List the facilities.",
            options: [Command.data, Command.database],
            run: list),
    ]

    @Sendable private static func create(_ arguments: Arguments) throws {
        let given = arguments.text("id") ?? UUID().uuidString
        guard UUID(uuidString: given) != nil else {
            throw arguments.misuse("--id must be a UUID.")
        }
        let zone = try arguments.required("time-zone")
        guard TimeZone(identifier: zone) != nil else {
            throw arguments.misuse(
                "--time-zone takes an IANA time zone such as Africa/Douala, which \(zone) is not.")
        }
        let reference = try reference(arguments)
        guard let name = try arguments.line("name") else {
            throw arguments.misuse("--name is required.")
        }
        guard case .value(let country, _) = Countries.read(try arguments.required("country")) else {
            throw arguments.misuse(
                "--country must be an ISO 3166 country of two letters, such as CM.")
        }
        let data = try DataAccess(arguments)
        let facility = Facility(
            id: given.lowercased(), reference: reference, name: name,
            countryCode: country, timeZone: zone, district: try arguments.line("district"),
            region: try arguments.line("region"))
        try data.write("facility create", .create) { tx, entry in
            try Facilities.create(facility, from: data.origin, auditing: &entry, in: tx)
        }
        Terminal.print(facility.id)
    }

    private static func reference(_ arguments: Arguments) throws -> String? {
        guard let text = try arguments.line("reference") else { return nil }
        switch IdentifierText.readReference(text) {
        case .value(let reference, _) where Facility.isValid(reference: reference): return reference
        case .nothing: return nil
        case .refused(let fault): throw arguments.misuse("--reference \(fault).")
        default:
            throw arguments.misuse(
                "--reference takes up to 64 characters, and no UUID: it answers in place of that.")
        }
    }

    @Sendable private static func list(_ arguments: Arguments) throws {
        let facilities = try DataAccess(arguments).read { try Facilities.all(in: $0) }
        if facilities.isEmpty {
            Terminal.print("There is no facility yet. See: opescare facility create --help")
        }
        for facility in facilities {
            Terminal.print(
                [facility.id, facility.reference ?? "-", facility.countryCode, facility.name]
                    .joined(separator: "  "))
        }
    }
}
