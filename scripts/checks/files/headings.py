"""What programs call their columns, by the name of the typed value, in each language and style.

Of several names, between bars, each file takes one.
"""

FRENCH = {
    "patients": {
        "reference": "N° dossier|Numéro de dossier|Code patient|Dossier N°|ID patient", "last": "Nom|NOM DE FAMILLE|Nom du patient", "first": "Prénom(s)|Prénoms|Prénom du patient", "born": "Date de naissance|Né(e) le|Date naiss.|DDN|Date Nais",
        "sex": "Sexe (M/F)|Sexe|Genre", "phone": "Téléphone|Tél.|N° de téléphone|Contact|Tel 1|Téléphone portable", "national_id": "N° CNI|CNI|N° pièce d'identité|Carte nationale d'identité", "country": "Pays",
        "blood": "Groupe sanguin|Gpe sanguin|GS/Rh"},
    "visits": {
        "health_id": "Identifiant santé", "id": "N° consultation|N° de visite|Code consultation|N° passage", "at": "Date de consultation|Date visite|Date et heure|Date d'admission|Date consult.",
        "type": "Type de visite|Type de consultation|Nature de la consultation", "complaint": "Motif|Motif de consultation|Plaintes principales", "diagnosis": "Diagnostic retenu|Diagnostic|Diagnostic principal",
        "notes": "Observations|Commentaire"},
    "lab_results": {
        "health_id": "Identifiant santé", "order": "N° demande|N° labo|N° échantillon|N° de dossier labo|N° bulletin", "test": "Examen|Analyse|Paramètre|Libellé de l'examen|Nom de l'analyse", "value": "Résultat|Résultats|Valeur",
        "unit": "Unité", "range": "Valeurs de référence|Normes|Valeurs usuelles|Intervalle de référence|Val. réf.", "flag": "Anormal|Alerte|Hors norme", "date": "Date de prélèvement|Date du résultat|Date d'analyse|Date prél.|Date de validation"},
    "prescriptions": {
        "health_id": "Identifiant santé", "id": "N° ordonnance|Ordonnance N°|N° prescription", "drug": "Médicament|Désignation|Produit|DCI|Nom du médicament", "dose": "Dosage|Dose|Posologie",
        "frequency": "Fréquence|Rythme|Nb prises/jour", "quantity": "Quantité", "date": "Date de l'ordonnance|Date ordonnance|Date de prescription|Date"},
    "vitals": {
        "health_id": "Identifiant santé", "sign": "Constante|Signe vital|Paramètre|Type", "value": "Valeur|Résultat",
        "unit": "Unité", "date": "Date de mesure|Date|Date de la prise"},
    "diagnoses": {
        "health_id": "Identifiant santé", "code": "Code CIM-10|CIM10|Code", "display": "Diagnostic|Libellé|Pathologie",
        "date": "Date du diagnostic|Date"},
    "appointments": {
        "health_id": "Identifiant santé", "date": "Date du RDV|Date du rendez-vous|Date RDV|Jour",
        "from": "Heure|Heure de début|Heure RDV", "to": "Heure de fin|Heure fin", "doctor": "Code médecin",
        "status": "Statut|État|Statut du RDV"},
    "pharmacy_stock": {
        "code": "Code article|Code produit|Réf.|Référence article|Code", "name": "Désignation|Libellé|Article|Nom du produit|Désignation de l'article", "lot": "N° de lot|Lot|N° lot|Numéro du lot", "quantity": "Qté en stock|Quantité|Stock|Stock disponible|Stock final|Quantité physique",
        "unit": "Unité", "expiry": "Date de péremption|Péremption|Date d'expiration|Date limite d'utilisation|DLU|Date exp.", "reorder": "Seuil d'alerte|Stock minimum|Seuil|Stock de sécurité"},
    "blood_stock": {
        "donation": "N° de don|N° poche|Numéro de la poche|Code poche", "group": "Groupe|Groupe sanguin|ABO/Rh|Groupage", "component": "Produit sanguin|Type de produit|PSL|Composant",
        "expiry": "Péremption|Date de péremption|Expire le", "safe": "Qualification|Dépistage|Sérologie"},
    "payments": {
        "reference": "N° reçu|Reçu|Référence|N° quittance|N° facture|N° de transaction", "amount": "Montant|Montant payé|Somme versée|Montant (FCFA)|Montant TTC", "currency": "Devise|Monnaie", "at": "Date de paiement|Date|Date du règlement|Date d'encaissement|Date opération",
        "status": "Statut|État|Statut du paiement", "method": "Mode de paiement|Moyen de paiement|Mode de règlement|Type de paiement"},
}
ENGLISH = {
    "patients": {
        "reference": "Hospital No.|MRN|File No|Patient ID|Folder Number|UHID|Registration No", "last": "Surname|Last Name|Family Name|SURNAME", "first": "Given Name|First Name|Forename(s)", "born": "Date of Birth|DOB|Birth Date|D.O.B",
        "sex": "Gender|Sex|Sex (M/F)", "phone": "Mobile Number|Phone|Phone No.|Tel|Telephone|Contact No|Cell Phone|GSM", "national_id": "National ID|National ID No|NIN", "country": "Country",
        "blood": "Blood Group|Blood Type|ABO/Rh"},
    "visits": {
        "health_id": "Health ID", "id": "Visit Number|Encounter ID|Visit ID|Encounter No", "at": "Visit Date|Encounter Date|Date of Visit|Date/Time|Attendance Date|Date Seen", "type": "Visit Type|Encounter Type|Type of Visit",
        "complaint": "Presenting Complaint|Chief Complaint|Complaints|Reason for Visit", "diagnosis": "Diagnosis|Diagnoses|Primary Diagnosis|Final Diagnosis", "notes": "Remarks|Notes|Comments|Doctor's Notes"},
    "lab_results": {
        "health_id": "Health ID", "order": "Lab No|Order Number|Accession No|Sample ID|Specimen No|Request No", "test": "Investigation|Test|Test Name|Analyte|Parameter|Lab Test", "value": "Result",
        "unit": "Unit", "range": "Normal Range|Reference Range|Ref. Range|Ref Interval|Reference Values", "flag": "Abnormal Flag|Flag|Abnormal|H/L", "date": "Collection Date|Result Date|Sample Date|Test Date|Date Collected|Date Reported"},
    "prescriptions": {
        "health_id": "Health ID", "id": "Prescription No|Rx No|Prescription ID", "drug": "Drug Name|Medication|Medicine|Drug|Item", "dose": "Dose|Dosage",
        "frequency": "Frequency|Freq", "quantity": "Qty|Quantity|Qty Prescribed", "date": "Prescription Date|Date|Date Prescribed"},
    "vitals": {
        "health_id": "Health ID", "sign": "Vital Sign|Type|Parameter|Measurement|Vital", "value": "Value|Reading|Result",
        "unit": "Unit", "date": "Date|Measurement Date|Measured On|Date Taken"},
    "diagnoses": {
        "health_id": "Health ID", "code": "ICD-10 Code|ICD10|Code", "display": "Diagnosis|Description|Diagnosis Name",
        "date": "Diagnosis Date|Date|Date Diagnosed"},
    "appointments": {
        "health_id": "Health ID", "date": "Appointment Date|Date|Appt Date", "from": "Start Time|Time|Appt Time",
        "to": "End Time|Finish Time", "doctor": "Doctor Code|Provider Code", "status": "Status|Appointment Status"},
    "pharmacy_stock": {
        "code": "Item Code|SKU|Stock Code|Product Code|Drug Code|Item No", "name": "Item Name|Description|Product|Drug|Item Description", "lot": "Batch No.|Lot No|Batch|Lot Number|Batch/Lot", "quantity": "Qty on Hand|Quantity|Stock on Hand|SOH|Balance|Closing Stock|Current Stock",
        "unit": "UoM|Unit|Unit of Issue", "expiry": "Expiry Date|Exp. Date|Expiry|Expiration Date|EXP", "reorder": "Reorder Level|Min Stock|Minimum Level|Reorder Point"},
    "blood_stock": {
        "donation": "Donation Number|Bag No|Unit No|DIN|Donation ID", "group": "Blood Group", "component": "Component|Product|Product Type",
        "expiry": "Expires On|Expiry Date|Exp Date", "safe": "Screened|Screening Status|Screening|Test Status"},
    "payments": {
        "reference": "Receipt No|Payment Reference|Reference|Receipt #|Ref No|Invoice No", "amount": "Amount Paid|Amount|Paid Amount|Total Paid", "currency": "Currency", "at": "Payment Date|Date Paid|Paid On|Transaction Date|Date",
        "status": "Status", "method": "Payment Method|Method|Mode of Payment|Payment Mode|Payment Type"},
}
ARABIC = {
    "patients": {
        "reference": "رقم الملف|رقم المريض|رقم ملف المريض|الرقم الطبي", "last": "اسم العائلة|اللقب|العائلة", "first": "الاسم الأول|الاسم الشخصي", "born": "تاريخ الميلاد|تاريخ الولادة",
        "sex": "الجنس|النوع", "phone": "رقم الجوال|الهاتف|رقم الهاتف|الجوال|رقم الموبايل", "national_id": "رقم الهوية|الرقم القومي|رقم الهوية الوطنية", "country": "الدولة",
        "blood": "فصيلة الدم|زمرة الدم"},
    "visits": {
        "health_id": "المعرف الصحي", "id": "رقم الزيارة", "at": "تاريخ الزيارة|تاريخ الكشف|التاريخ", "type": "نوع الزيارة",
        "complaint": "الشكوى|سبب الزيارة|الشكوى الرئيسية", "diagnosis": "التشخيص", "notes": "ملاحظات|الملاحظات"},
    "lab_results": {
        "health_id": "المعرف الصحي", "order": "رقم الطلب|رقم العينة", "test": "اسم الفحص|التحليل|الفحص|اسم التحليل", "value": "النتيجة",
        "unit": "الوحدة", "range": "المعدل الطبيعي|القيم المرجعية|القيم الطبيعية", "flag": "غير طبيعي", "date": "تاريخ الفحص|تاريخ النتيجة|تاريخ التحليل"},
    "prescriptions": {
        "health_id": "المعرف الصحي", "id": "رقم الوصفة", "drug": "اسم الدواء|الدواء", "dose": "الجرعة",
        "frequency": "التكرار", "quantity": "الكمية", "date": "تاريخ الوصفة"},
    "vitals": {
        "health_id": "المعرف الصحي", "sign": "المؤشر|العلامة الحيوية", "value": "القيمة", "unit": "الوحدة",
        "date": "تاريخ القياس|التاريخ"},
    "diagnoses": {
        "health_id": "المعرف الصحي", "code": "رمز التشخيص", "display": "التشخيص", "date": "تاريخ التشخيص|التاريخ"},
    "appointments": {
        "health_id": "المعرف الصحي", "date": "تاريخ الموعد|التاريخ", "from": "وقت الموعد|الوقت", "to": "وقت الانتهاء",
        "doctor": "رمز الطبيب|كود الطبيب", "status": "الحالة|حالة الموعد"},
    "pharmacy_stock": {
        "code": "رمز الصنف|كود الصنف|رقم الصنف", "name": "اسم الصنف", "lot": "رقم التشغيلة|رقم الدفعة", "quantity": "الكمية المتوفرة|الكمية|الرصيد|الرصيد الحالي",
        "unit": "الوحدة", "expiry": "تاريخ الانتهاء|تاريخ انتهاء الصلاحية|تاريخ الصلاحية", "reorder": "الحد الأدنى"},
    "blood_stock": {
        "donation": "رقم الكيس|رقم الوحدة|رقم التبرع", "group": "فصيلة الدم", "component": "مشتق الدم",
        "expiry": "تاريخ الصلاحية", "safe": "فحص الفيروسات"},
    "payments": {
        "reference": "رقم الإيصال|المرجع|رقم العملية|رقم الفاتورة", "amount": "المبلغ المدفوع|المبلغ", "currency": "العملة",
        "at": "تاريخ الدفع|التاريخ|تاريخ السداد", "status": "الحالة", "method": "طريقة الدفع"},
}
CAMEL = {
    "patients": {
        "reference": "PatientNo", "last": "LastName", "first": "FirstName", "born": "DateOfBirth",
        "sex": "Gender", "phone": "MobilePhone", "national_id": "NationalID", "country": "CountryCode",
        "blood": "BloodGroup"},
    "visits": {
        "health_id": "HealthID", "id": "EncounterNumber", "at": "EncounterDateTime", "type": "EncounterType",
        "complaint": "ChiefComplaint", "diagnosis": "Diagnosis", "notes": "ClinicalNotes"},
    "lab_results": {
        "health_id": "HealthID", "order": "AccessionNumber", "test": "TestName", "value": "ResultValue",
        "unit": "UnitOfMeasure", "range": "ReferenceRange", "flag": "AbnormalFlag", "date": "ResultDate"},
    "prescriptions": {
        "health_id": "HealthID", "id": "RxNumber", "drug": "DrugName", "dose": "Dose",
        "frequency": "Frequency", "quantity": "Quantity", "date": "PrescriptionDate"},
    "vitals": {
        "health_id": "HealthID", "sign": "VitalSign|VitalName", "value": "Value", "unit": "Unit", "date": "MeasurementDate|RecordedAt"},
    "diagnoses": {
        "health_id": "HealthID", "code": "IcdCode", "display": "DiagnosisName", "date": "DiagnosisDate"},
    "appointments": {
        "health_id": "HealthID", "date": "AppointmentDate", "from": "TimeFrom|StartTime", "to": "TimeTo|EndTime",
        "doctor": "DoctorCode", "status": "AppointmentStatus|Status"},
    "pharmacy_stock": {
        "code": "ItemCode", "name": "ItemName", "lot": "LotNumber", "quantity": "QuantityOnHand",
        "unit": "UOM", "expiry": "ExpiryDate", "reorder": "ReorderLevel"},
    "blood_stock": {
        "donation": "UnitNumber", "group": "BloodGroup", "component": "BloodComponent",
        "expiry": "ExpiryDate", "safe": "ScreeningStatus"},
    "payments": {
        "reference": "ReceiptNumber", "amount": "AmountPaid", "currency": "CurrencyCode",
        "at": "TransactionDate", "status": "PaymentStatus", "method": "PaymentMethod"},
}
STYLES = {"fr": FRENCH, "en": ENGLISH, "ar": ARABIC, "camel": CAMEL}
# Words of fixed lists. Of several, each row takes one.
WORDS = {
    "fr": {
        "booked": ["Confirmé", "Programmé", "Prévu"], "checked_in": ["Arrivé", "Présent"],
        "attended": ["Honoré", "Terminé"], "called_off": ["Annulé"], "no_show": ["Absent", "Non venu"],
        "male": ["M", "Masculin", "H"], "female": ["F", "Féminin"], True: ["Oui", "VRAI"],
        False: ["Non", "FAUX"], "CM": ["Cameroun", "CM"],
        "XAF": ["XAF", "FCFA", "F CFA"], "NGN": ["NGN"], "KWD": ["KWD"],
        "whole_blood": ["Sang total"], "packed_cells": ["CGR", "Culot globulaire"], "plasma": ["PFC"],
        "platelets": ["Plaquettes", "CUP"], "safe": ["Conforme", "Qualifié"], "unsafe": ["Non conforme"],
        "completed": ["Payé", "Réglé", "Réussi"], "pending": ["En attente"], "failed": ["Échec", "Refusé"],
        "cancelled": ["Annulé"], "refunded": ["Remboursé"],
        "cash": ["Espèces"], "mobile_money": ["Mobile Money", "Orange Money"], "card": ["Carte bancaire"]},
    "en": {
        "booked": ["Booked", "Confirmed", "Scheduled"], "checked_in": ["Arrived", "Checked In"],
        "attended": ["Completed", "Seen"], "called_off": ["Cancelled"], "no_show": ["No Show", "DNA", "Missed"],
        "male": ["M", "Male"], "female": ["F", "Female"], True: ["TRUE", "Yes", "H", "L"],
        False: ["FALSE", "No", "N"], "NG": ["Nigeria", "NGA"],
        "XAF": ["XAF"], "NGN": ["NGN"], "KWD": ["KWD"],
        "whole_blood": ["Whole Blood"], "packed_cells": ["PRBC", "Packed Cells"], "plasma": ["FFP"],
        "platelets": ["Platelets", "PLT"], "safe": ["Screened - Negative", "Passed"], "unsafe": ["Reactive"],
        "completed": ["Paid", "Successful"], "pending": ["Pending"], "failed": ["Failed", "Declined"],
        "cancelled": ["Cancelled", "Voided"], "refunded": ["Refunded", "Reversed"],
        "cash": ["Cash"], "mobile_money": ["M-Pesa", "Mobile Money"], "card": ["POS", "Debit Card"]},
    "ar": {
        "booked": ["مؤكد", "محجوز"], "checked_in": ["حضر", "وصل"], "attended": ["مكتمل", "تم"],
        "called_off": ["ملغي"], "no_show": ["لم يحضر", "غائب"],
        "male": ["ذكر"], "female": ["أنثى", "انثى"], True: ["نعم"], False: ["لا"], "SA": ["السعودية", "SA"],
        "XAF": ["XAF"], "NGN": ["NGN"], "KWD": ["KWD", "kwd"],
        "whole_blood": ["دم كامل"], "packed_cells": ["كريات الدم الحمراء"], "plasma": ["بلازما"],
        "platelets": ["صفائح"], "safe": ["سليم", "مفحوص"], "unsafe": ["إيجابي"],
        "completed": ["مدفوع", "ناجحة"], "pending": ["معلق"], "failed": ["فشل"],
        "cancelled": ["ملغي"], "refunded": ["مسترد"],
        "cash": ["نقدا", "نقدي"], "mobile_money": ["محفظة إلكترونية"], "card": ["بطاقة"]},
}
# Of rows of every file, as programs add it below a table.
TOTALS = {"fr": "Total", "en": "Grand Total", "ar": "المجموع"}
TITLES = {"fr": "Hôpital de District — édition du jour", "en": "District Hospital - daily report",
          "ar": "مستشفى المنطقة"}
