import Foundation
package import Identity
package import JSON
import Values

// How patients are shown in answers.

extension JSONWriter {
    /// The summary that needs no consent: enough to see that it is the right person.
    mutating func summarise(_ patient: Patient) {
        member("display_name", patient.displayName)
        member("sex", patient.sex?.rawValue)
        member("year_of_birth", patient.dateOfBirth.year)
        member("country_code", patient.countryCode)
        member("verification_status", patient.verificationStatus.rawValue)
        member("identity_status", patient.identityStatus.rawValue)
    }

    /// The same in a list of people.
    package mutating func list(_ patient: Patient) {
        member("health_id", patient.healthID)
        summarise(patient)
    }

    /// The profile that `patient:profile:read` shows.
    mutating func describe(_ patient: Patient, allergies name: String = "allergies") {
        member("name", patient.displayName)
        member("first_name", patient.firstName)
        member("last_name", patient.lastName)
        member("date_of_birth", patient.dateOfBirth.description)
        member("sex", patient.sex?.rawValue)
        member("blood_type", patient.bloodType)
        member("blood_group", patient.bloodType)
        member(name, raw: Array(patient.allergies.utf8)[...])
        member("country_code", patient.countryCode)
        member("phone_number", patient.phoneNumber)
        member("verification_status", patient.verificationStatus.rawValue)
        member("identity_status", patient.identityStatus.rawValue)
    }
}
