import Foundation
package import Identity
import JSON
package import Values

// How demographics are read.

extension ObjectReader {
    /// Everything that is said of a person; complaints about what is malformed.
    package mutating func claims(today: Timestamp) -> DemographicClaims {
        let (facts, warnings) = emergencyFacts()
        let known = remarks.count
        var claims = DemographicClaims(
            firstName: personName("first_name", "firstName"),
            lastName: familyName("last_name", "lastName"),
            dateOfBirth: birthDate(today: today),
            countryCode: word("country_code", "country", by: Countries.read),
            sex: word("sex", "gender", by: Sex.read), phoneNumber: phone("phone_number", "phone"),
            nationalID: personalNumber("national_id"),
            address: address(), facts: facts, warnings: warnings)
        claims.warnings += remarks.dropFirst(known)
        return claims
    }

    /// `address` as a FHIR Address or as one line, or its parts beside the name.
    private mutating func address() -> Address {
        let isObject = object["address"]?.kind == .object
        var inner = (isObject ? nested("address") : nil) ?? self
        let address = Address(
            line: isObject
                ? inner.text(["line", "street"], maximum: 200)
                : text(["address", "address_line", "street"], maximum: 200),
            district: inner.text(["district", "quarter", "village"], maximum: 100),
            city: inner.text(["city", "town"], maximum: 100),
            state: inner.text(["state", "region"], maximum: 100),
            postalCode: inner.scalar("postal_code", "postcode", maximum: 20))
        take(problemsOf: inner)
        return address
    }

    /// First name, last name and birth date, all three or none; `nil` with complaints otherwise.
    package mutating func demographics(
        of claims: DemographicClaims, isRequired: Bool
    ) -> Demographics? {
        if isRequired {
            if claims.firstName == nil { require("first_name") }
            if claims.lastName == nil { require("last_name") }
            if claims.dateOfBirth == nil { require("date_of_birth") }
        }
        guard let first = claims.firstName, let last = claims.lastName,
            let born = claims.dateOfBirth
        else { return nil }
        // The documents' default is Cameroon.
        var demographics = Demographics(
            firstName: first, lastName: last, dateOfBirth: born,
            countryCode: claims.countryCode ?? "CM")
        demographics.sex = claims.sex
        demographics.phoneNumber = claims.phoneNumber
        demographics.nationalID = claims.nationalID
        demographics.address = claims.address
        demographics.facts = claims.facts
        demographics.prepareKeys()
        return demographics
    }

    private mutating func personName(_ names: StaticString...) -> String? {
        guard let name = nameText(names) else { return nil }
        return requireLetter(name, names[0])
    }

    /// Nobody is called by a number, nor by what programs write for nobody.
    private mutating func nameText(_ names: [StaticString]) -> String? {
        if let field = value(names) {
            if field.value.kind == .number {
                refuse(field.name, "must be a string")
                return nil
            }
            if let text = field.value.string, Placeholder.isNoName(text) { return nil }
        }
        return text(names, maximum: 100)
    }

    /// A dash or a dot says that somebody has one name (contract § 5); nothing says nothing.
    private mutating func familyName(_ names: StaticString...) -> String? {
        guard let name = nameText(names) else { return nil }
        if PersonName.saysNone(name) { return "" }
        return requireLetter(name, names[0])
    }

    private mutating func requireLetter(_ name: String, _ field: StaticString) -> String? {
        if let fault = Placeholder.nameFault(name) {
            refuse(field, fault)
            return nil
        }
        // A letter of any script: all of them lie beyond Latin-1's punctuation.
        let hasLetter = name.unicodeScalars.contains { scalar in
            scalar.value >= 0xc0 && scalar.properties.isAlphabetic
                || (65...90).contains(scalar.value & 0xdf)
        }
        guard hasLetter else {
            refuse(field, "must contain a letter")
            return nil
        }
        return name
    }

    private mutating func birthDate(today: Timestamp) -> BirthDate? {
        guard let born = birthDate("date_of_birth", "dob") else { return nil }
        guard !born.isFuture(at: today) else {
            refuse("date_of_birth", "must not lie in the future")
            return nil
        }
        return born
    }
}

extension ResolveQuery {
    /// `nil` when the id it names is none; complaints about the rest gather in `body`.
    ///
    /// - Parameter fields: for all that is asked, to know the same call again; why is no part of it.
    package init?(
        _ body: inout ObjectReader, today: Timestamp, references: [StaticString] = [],
        noting fields: CanonicalFields? = nil
    ) {
        let purpose = body.text("purpose")
        if let fields { body.note(in: fields) }
        let healthID = body.text("health_id")
        let externalReference = body.identifier(["external_reference"] + references)
        let isDryRun = body.yesOrNo("dry_run") ?? false
        let confirmedBy = body.text("confirmed_by")
        if let confirmedBy, Placeholder.isNothing(confirmedBy) {
            body.refuse("confirmed_by", "must be the name of whoever decided")
        }
        let replacedID = body.text("replaces")
        let replaced = replacedID.flatMap { PatientReference($0) }
        if replacedID != nil, replaced == nil {
            body.refuse("replaces", "is not a valid Health ID")
        }
        let claims = body.claims(today: today)
        let demographics = body.demographics(of: claims, isRequired: healthID == nil)
        if confirmedBy != nil {
            for (name, isThere) in [
                ("health_id", healthID != nil),
                ("external_reference", externalReference != nil || replaced != nil),
                ("first_name", demographics != nil),
            ] where !isThere { body.require(name) }
            if isDryRun { body.refuse("dry_run", "decides nothing: leave confirmed_by out") }
        } else if replaced != nil {
            body.require("confirmed_by")
        }
        let reference = healthID.flatMap { PatientReference($0) }
        guard healthID == nil || reference != nil else { return nil }
        self.init(
            reference: reference, demographics: demographics, claims: claims,
            externalReference: externalReference, purpose: purpose)
        self.isDryRun = isDryRun
        self.confirmedBy = confirmedBy
        self.replaced = replaced
    }
}
