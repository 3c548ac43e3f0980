import Foundation
import Testing

@testable import BridgeAgent

struct ColumnNamesTests {
    /// What forms and systems write above the same column, by what the rows are.
    @Test(arguments: [
        (
            FileType.patient,
            "FirstName,first_name,Prénom(s),PRENOM,Given Name,Prénoms,الاسم الأول", "first_name"
        ),
        (
            .patient, "LastName,Nom,NOM *,Nom de famille :,Surname,familyName,اسم العائلة",
            "last_name"
        ),
        (
            .patient,
            "DateOfBirth,Date de naissance (JJ/MM/AAAA) *,Né(e) le,DDN,BirthDate,Birth date,تاريخ الميلاد,"
                + "DATE_NAISSANCE,Date Naiss.", "date_of_birth"
        ),
        (.patient, "Sexe (M/F),Genre,الجنس", "sex"), (.patient, "Gender,gender", "gender"),
        (.patient, "Tél.,Téléphone,TEL,N° Tél,Cell phone,رقم الهاتف,Telephone", "phone"),
        (.patient, "PhoneNumber,phone_number", "phone_number"),
        (
            .patient, "N° dossier,No. dossier,Dossier N°,MRN,Numéro de dossier,رقم الملف",
            "external_reference"
        ),
        (
            .patient, "Nom & prénom,Nom et prénom(s),Noms et prénoms,Full Name,Patient,الاسم",
            "full_name"
        ),
        (.patient, "N° CNI,CNI,Carte d'identité,Carte d’identité N°", "national_id"),
        (.patient, "Identifiant santé,ID santé,HealthID,Health ID,health_id", "health_id"),
        (
            .pharmacyStock,
            "Code article,Code_Article,Item Code,SKU,Réf.,كود الصنف,Référence article", "drug_code"
        ),
        (
            .pharmacyStock,
            "Désignation,DESIGNATION,Libellé,Produit,Product Name,اسم الدواء,Médicament", "name"
        ),
        (.pharmacyStock, "Quantité,Qté,Qty,QTE,Quantity", "quantity"),
        (
            .pharmacyStock, "N° lot,Lot,N°Lot,Numéro de lot,Batch No.,LotNumber,رقم التشغيلة",
            "batch_number"
        ),
        (
            .pharmacyStock,
            "Péremption,Date de péremption,Date d'expiration,Exp. Date,ExpirationDate",
            "expiry_date"
        ),
        (
            .pharmacyStock, "Stock minimum,Seuil d’alerte,Reorder Level,ReorderLevel",
            "reorder_level"
        ),
        (.labResult, "Désignation,Analyse,Examen,Libellé,Paramètre,التحليل", "test"),
        (.labResult, "Résultat,Valeur,RESULTATS,Result", "result"),
        (.labResult, "Unité,Units,UOM", "unit"),
        (.labResult, "Valeurs de référence,Normal Range,Norme(s)", "reference_range"),
        (.labResult, "N° labo,Order Number,Accession Number,Lab Order ID", "external_lab_order_id"),
        (.prescription, "Désignation,Médicament,Drug,DCI,الدواء", "medicine"),
        (.prescription, "Médecin,Prescripteur,Prescribed by", "prescriber"),
        (.diagnosis, "diagnosis,Diagnostic,Libellé,Maladie,التشخيص", "display"),
        (.diagnosis, "Code CIM-10,ICD-10,ICD10 Code,Code (CIM 10)", "code"),
        (.encounter, "Diagnostic,diagnosis", "diagnosis"),
        (.encounter, "Motif,Motif de consultation,Presenting complaint", "chief_complaint"),
        (.encounter, "Date de consultation,VisitDate,Encounter Datetime,تاريخ الزيارة", "date"),
        (.appointment, "Heure du rendez-vous,Start time,Heure", "time_from"),
        (.bloodStock, "Groupe sanguin,Groupe,Blood type", "blood_group"),
        (.appointment, "AppointmentStatus,Statut du RDV,حالة الموعد", "status"),
        (.patient, "Patient ID,UHID,رقم ملف المريض", "external_reference"),
        (.payment, "Invoice No,N° facture", "invoice_number"),
        (.vital, "Vital,VitalName,العلامة الحيوية", "type"),
        (.visit, "Date d'admission", "admission_date"),
        (.bloodStock, "Nombre de poches,Unités,Qté", "units"),
        (.bloodStock, "Expires On,Exp. Date,Péremption", "expiry_date"),
        (.encounter, "EncounterDateTime,Visit Date/Time", "date"),
        (.encounter, "نوع الزيارة,Type de visite", "encounter_type"),
        (.labResult, "غير طبيعي,Abnormal Flag", "flagged"),
        (.pharmacyStock, "رمز الصنف", "drug_code"),
        (.payment, "CurrencyCode,Devise", "currency"),
        (.payment, "PaymentStatus,حالة الدفع", "status"),
        (.payment, "N° de reçu,Référence,Receipt No", "reference"),
        (.payment, "Montant payé,Montant,Amount paid", "amount"),
        (.vital, "Valeur,Value", "value"), (.vital, "Paramètre,Type", "type"),
    ])
    func knowsWhatFormsCallIt(_ type: FileType, _ headings: String, _ name: String) {
        for heading in headings.split(separator: ",") {
            #expect(ColumnNames.name(for: String(heading), type) == name, "\(heading)")
            #expect(ColumnNames.isKnown(String(heading)), "\(heading)")
        }
    }

    /// What only looks like one of ours keeps its own name.
    @Test(arguments: [
        ("Nom de la mère", "nom_de_la_mere"), ("Nom du père", "nom_du_pere"),
        ("Date de sortie", "date_de_sortie"), ("Emergency contact", "emergency_contact"),
        ("Prénom de la mère", "prenom_de_la_mere"), ("HbA1c", "hba1c"),
        ("Lieu de naissance", "lieu_de_naissance"),
        ("Mother's name", "mother_s_name"), ("Doctor Phone", "doctor_phone"),
        ("NextOfKin", "next_of_kin"), ("WardBedNo", "ward_bed_no"),
    ])
    func guessesNothing(_ heading: String, _ name: String) {
        #expect(ColumnNames.name(for: heading, .patient) == name)
        #expect(ColumnNames.known(heading, .patient) == nil)
    }

    @Test(arguments: ["SpO2", "spo2", "SPO2"])
    func takesAWordForOne(_ heading: String) {
        #expect(ColumnNames.name(for: heading, .vital) == "spo2")
    }

    @Test func asksTheConfigurationFirst() throws {
        let named = [ColumnNames.key("Code malade"): "external_reference", "nom": "first_name"]
        #expect(ColumnNames.name(for: "CODE MALADE *", .patient, named) == "external_reference")
        #expect(ColumnNames.name(for: "Nom", .patient, named) == "first_name")
        #expect(ColumnNames.isKnown("Code malade", named))
        #expect(!ColumnNames.isKnown("Code malade"))
    }

    private static func row(_ text: String) -> CSVRow {
        var parser = CSVParser(delimiter: UInt8(ascii: ";"))
        parser.append(Array(text.utf8))
        parser.finish()
        var row = CSVRow()
        _ = parser.next(into: &row)
        return row
    }

    @Test func tellsWhatItDoesNotKnow() throws {
        let layout = try FileLayout(
            heading: Self.row("Prénom;Nom;Salle;error_row;;Quartier"), .utf8, .patient)
        #expect(layout.unknown == ["Salle", "Quartier"])
        #expect(layout.remark?.contains("Salle, Quartier") == true)
    }

    /// Which word is the family's differs from person to person.
    @Test(arguments: ["Nom et prénom;DDN", "Patient;dob", "الاسم;تاريخ الميلاد", "Full name;Nom"])
    func asksForTwoColumnsOfNames(_ heading: String) {
        let refusal = #expect(throws: FileRefusal.self) {
            try FileLayout(heading: Self.row(heading), .utf8, .patient)
        }
        #expect(refusal?.sentence.contains("holds whole names") == true)
    }

    @Test(arguments: [
        (FileType.labResult, "Patient;health_id;test"), (.patient, "Patient;Health ID;dob"),
        (.patient, "Nom et prénom;Nom;Prénom;dob"),
    ])
    func takesWholeNamesBesideWhatIdentifies(_ type: FileType, _ heading: String) throws {
        _ = try FileLayout(heading: Self.row(heading), .utf8, type)
    }

    @Test func sendsADiagnosisOfAVisitAsOneOfAList() throws {
        func body(_ line: String) throws -> String {
            let layout = try FileLayout(
                heading: Self.row("health_id;Diagnostic"), .utf8, .encounter)
            let builder = RecordBuilder(
                type: .encounter, layout: layout, dates: DateText(zone: .gmt), sourceFile: "f.csv")
            guard case .record(let body, let count, _) = builder.record(Self.row(line)) else {
                return ""
            }
            return String(decoding: body[..<count], as: UTF8.self)
        }
        #expect(
            try body("H;Paludisme")
                == #"{"record_type":"encounter","health_id":"H","diagnoses":[{"display":"Paludisme"}]"#
        )
        #expect(try body("H;N/A") == #"{"record_type":"encounter","health_id":"H""#)
    }
}
