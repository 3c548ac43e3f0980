package import Foundation
import Identity

/// A hospital, clinic, laboratory or pharmacy.
package struct Facility: Sendable {
    /// A UUID in lower case.
    package let id: String
    /// The short name its staff use, such as `FAC-001`.
    package let reference: String?
    package let name: String
    package let countryCode: String
    /// An IANA name: what "today" means there.
    package let timeZone: String
    /// Where it lies, as far as somebody said.
    package let district: String?
    package let region: String?

    package var zone: TimeZone { TimeZone(identifier: timeZone) ?? .gmt }

    package init(
        id: String, reference: String?, name: String, countryCode: String, timeZone: String,
        district: String? = nil, region: String? = nil
    ) {
        self.id = id
        self.reference = reference
        self.name = name
        self.countryCode = countryCode
        self.timeZone = timeZone
        self.district = district
        self.region = region
    }

    /// Region and district as they are compared; `nil` where no district is known.
    package var area: String? {
        district.map { Facility.compared(region ?? "") + "/" + Facility.compared($0) }
    }

    /// However it is spelt in capitals, accents and hyphens.
    package static func compared(_ place: String) -> String {
        PersonName.tokens(of: place).joined(separator: " ")
    }

    /// A short name that answers in place of the UUID, and so is none: up to 64 characters.
    package static func isValid(reference: String) -> Bool {
        (1...64).contains(reference.unicodeScalars.count) && UUID(uuidString: reference) == nil
    }

    /// Whether a text is its id or its reference, byte for byte: `==` of texts would take one spelling
    /// of a letter for another.
    package func isNamed(_ text: String) -> Bool {
        text.lowercased().utf8.elementsEqual(id.utf8)
            || reference.map { $0.utf8.elementsEqual(text.utf8) } ?? false
    }
}
