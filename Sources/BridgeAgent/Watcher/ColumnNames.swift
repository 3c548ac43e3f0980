import Foundation

/// What columns are called: whatever a file says in English or French becomes a name that the server
/// knows; a name unknown to both is sent in snake_case, since the server ignores what it does not
/// need.
enum ColumnNames {
    /// What an agent adds to the rows of an error file; ignored when such a file is dropped again.
    static let errorRow = "error_row"
    static let errorReason = "error_reason"

    /// The name to send for a column's heading; `nil` for a column that is not sent.
    static func name(for heading: String) -> String? {
        let name = snakeCase(heading)
        if name.isEmpty || name == errorRow || name == errorReason { return nil }
        return synonyms[name] ?? name
    }

    /// Whether the heading is one of ours rather than data.
    static func isKnown(_ heading: String) -> Bool {
        let name = snakeCase(heading)
        return synonyms[name] != nil || known.contains(name) || name == errorRow
    }

    static func isDate(_ name: String) -> Bool {
        name == "dob" || name == "date" || name.hasSuffix("_date") || name.hasSuffix("_at")
            || name.hasPrefix("date_") || name == "expiry"
    }

    /// Lower case, without accents, words joined by underscores: "Date de naissance" becomes
    /// `date_de_naissance`.
    static func snakeCase(_ heading: String) -> String {
        let plain = heading.folding(
            options: [.diacriticInsensitive, .caseInsensitive], locale: Locale(identifier: "en"))
        var name = ""
        for scalar in plain.lowercased().unicodeScalars {
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                name.unicodeScalars.append(scalar)
            } else if !name.hasSuffix("_"), !name.isEmpty,
                scalar.properties.isDefaultIgnorableCodePoint == false
            {
                name.append("_")
            }
        }
        return name.hasSuffix("_") ? String(name.dropLast()) : name
    }

    /// Names that the server knows, its own synonyms included.
    private static let known: Set<String> = [
        "health_id", "patient_health_id", "external_reference", "external_patient_id", "patient_no",
        "patient_id", "first_name", "last_name", "middle_name", "full_name", "name", "dob",
        "date_of_birth", "sex", "gender", "phone", "phone_number", "mobile", "email", "address",
        "city", "country_code", "national_id", "blood_type", "allergies", "allergy", "notes",
        "clinical_note",
        "severity", "date", "occurred_at", "encounter_type", "external_encounter_id",
        "chief_complaint", "diagnosis", "system", "code", "display", "test", "test_name", "result",
        "result_value", "unit", "reference_range", "flagged", "flag_level", "interpretation",
        "external_lab_order_id", "medicine", "medication", "medication_name", "dose", "frequency",
        "route", "duration", "quantity", "instructions", "prescriber", "type", "value",
        "temperature", "weight", "height", "pulse", "heart_rate", "respiratory_rate",
        "blood_pressure", "systolic", "diastolic", "oxygen_saturation", "spo2", "drug_code",
        "batch", "batch_number", "expiry", "expiry_date", "expires_at", "blood_group", "component",
        "units", "screening", "screened", "screening_status", "facility_reference", "doctor",
        "doctor_code", "department", "time", "time_from", "time_to", "status", "reason", "amount",
        "amount_minor", "currency", "reference", "provider", "paid_at", "payment_method", "source",
        "recorded_at", "id", "record_id", "external_id", "source_id",
    ]

    private static let synonyms: [String: String] = [
        "nom": "last_name", "nom_de_famille": "last_name", "nom_famille": "last_name",
        "prenom": "first_name", "prenoms": "first_name", "nom_complet": "full_name",
        "nom_et_prenom": "full_name", "nom_et_prenoms": "full_name",
        "date_de_naissance": "date_of_birth", "date_naissance": "date_of_birth",
        "ne_le": "date_of_birth", "nee_le": "date_of_birth", "ddn": "date_of_birth",
        "sexe": "sex", "genre": "sex", "telephone": "phone", "tel": "phone",
        "numero_de_telephone": "phone", "portable": "phone", "courriel": "email",
        "adresse": "address", "ville": "city", "pays": "country_code",
        "identifiant_national": "national_id", "numero_cni": "national_id", "cni": "national_id",
        "numero_patient": "external_reference", "numero_de_dossier": "external_reference",
        "no_dossier": "external_reference", "numero_dossier": "external_reference",
        "identifiant_sante": "health_id", "id_sante": "health_id",
        "identifiant_de_sante": "health_id", "groupe_sanguin": "blood_type",
        "groupe_sanguin_rhesus": "blood_type", "groupe_rhesus": "blood_type",
        "groupage": "blood_type",
        "allergie": "allergies", "allergies_connues": "allergies",
        "resultat": "result", "resultats": "result", "analyse": "test", "examen": "test",
        "nom_analyse": "test", "unite": "unit", "valeurs_de_reference": "reference_range",
        "valeur_de_reference": "reference_range", "intervalle_de_reference": "reference_range",
        "anormal": "flagged", "alerte": "flagged",
        "medicament": "medicine", "medicaments": "medicine", "posologie": "dose",
        "dosage": "dose", "frequence": "frequency", "voie": "route", "duree": "duration",
        "quantite": "quantity", "prescripteur": "prescriber", "remarques": "notes",
        "remarque": "notes", "observations": "notes", "observation": "notes",
        "commentaire": "notes", "commentaires": "notes", "gravite": "severity",
        "severite": "severity", "motif": "chief_complaint",
        "motif_de_consultation":
            "chief_complaint", "date_de_consultation": "date", "date_consultation": "date",
        "date_de_prelevement": "date", "date_prelevement": "date", "date_resultat": "date",
        "date_de_prescription": "date", "date_heure": "date", "diagnostic": "diagnosis",
        "poids": "weight", "taille": "height", "pouls": "pulse", "tension": "blood_pressure",
        "tension_arterielle": "blood_pressure", "lot": "batch_number",
        "numero_de_lot": "batch_number", "date_de_peremption": "expiry_date",
        "date_peremption": "expiry_date", "peremption": "expiry_date",
        "date_d_expiration": "expiry_date", "date_expiration": "expiry_date",
        "groupe": "blood_group", "composant": "component", "unites": "units", "montant": "amount",
        "devise": "currency", "medecin": "doctor", "heure": "time", "statut": "status",
    ]
}
