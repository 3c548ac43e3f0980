import Identity

/// What speaks for two people, whatever the score says: families share names, birthdays, homes and phones.
package enum DuplicateWarning: String, Sendable, CaseIterable {
    /// One family name and birth date, but two given names.
    case twins
    /// One family name, and one phone or home, but two given names or birth dates.
    case siblings
    case sex
    /// Two national ids, or two people of whom each was verified.
    case papers
    /// One of them has died.
    case deceased

    static func all(
        of people: [DuplicatePerson], compared comparison: PersonComparison
    ) -> [DuplicateWarning] {
        var fields: [String: String] = [:]
        for field in comparison.fields { fields["\(field.name)"] = "\(field.agreement)" }
        var warnings: [DuplicateWarning] = []
        let isFamily = ["exact", "variant", "close"].contains(fields["last_name"])
        let isOtherName = ["different", "distant"].contains(fields["first_name"])
        let isSameHome = fields["street"] == "exact" && fields["house_number"] != "different"
        if isFamily, isOtherName, fields["date_of_birth"] == "exact" {
            warnings.append(.twins)
        } else if isFamily, isOtherName || fields["date_of_birth"] == "different",
            fields["phone_number"] == "exact" || isSameHome
        {
            warnings.append(.siblings)
        }
        if fields["sex"] == "different" { warnings.append(.sex) }
        if fields["national_id"] == "different" || people.allSatisfy(\.isVerified) {
            warnings.append(.papers)
        }
        if people.count(where: \.isDead) == 1 { warnings.append(.deceased) }
        return warnings
    }
}
