/// Where a person lives, in the parts of a FHIR Address.
package struct Address: Sendable, Equatable {
    /// House number and street.
    package var line: String?
    /// Quarter or village.
    package var district: String?
    package var city: String?
    package var state: String?
    package var postalCode: String?

    package init(
        line: String? = nil, district: String? = nil, city: String? = nil, state: String? = nil,
        postalCode: String? = nil
    ) {
        self.line = line
        self.district = district
        self.city = city
        self.state = state
        self.postalCode = postalCode
    }

    package var isEmpty: Bool {
        line == nil && district == nil && city == nil && state == nil && postalCode == nil
    }

    /// What is counted, and tells where somebody lives, the finest first. House and street are many
    /// people's too: relatives of one name.
    package var areas: [String?] { [postalCode, district, city] }
}
