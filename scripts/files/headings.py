"""What programs call their columns, by the name of the typed value, in each language and style."""

FRENCH = {
    "patients": {
        "reference": "N° dossier", "last": "Nom", "first": "Prénom(s)", "born": "Date de naissance",
        "sex": "Sexe (M/F)", "phone": "Téléphone", "national_id": "N° CNI", "country": "Pays",
        "blood": "Groupe sanguin"},
    "visits": {
        "health_id": "Identifiant santé", "id": "N° consultation", "at": "Date de consultation",
        "type": "Type de visite", "complaint": "Motif", "diagnosis": "Diagnostic retenu",
        "notes": "Observations"},
    "lab_results": {
        "health_id": "Identifiant santé", "order": "N° demande", "test": "Examen", "value": "Résultat",
        "unit": "Unité", "range": "Valeurs de référence", "flag": "Anormal", "date": "Date de prélèvement"},
    "prescriptions": {
        "health_id": "Identifiant santé", "id": "N° ordonnance", "drug": "Médicament", "dose": "Dosage",
        "frequency": "Fréquence", "quantity": "Quantité", "date": "Date de l'ordonnance"},
    "pharmacy_stock": {
        "code": "Code article", "name": "Désignation", "lot": "N° de lot", "quantity": "Qté en stock",
        "unit": "Unité", "expiry": "Date de péremption", "reorder": "Seuil d'alerte"},
    "blood_stock": {
        "donation": "N° de don", "group": "Groupe", "component": "Produit sanguin",
        "expiry": "Péremption", "safe": "Qualification"},
    "payments": {
        "reference": "N° reçu", "amount": "Montant", "currency": "Devise", "at": "Date de paiement",
        "status": "Statut", "method": "Mode de paiement"},
}
ENGLISH = {
    "patients": {
        "reference": "Hospital No.", "last": "Surname", "first": "Given Name", "born": "Date of Birth",
        "sex": "Gender", "phone": "Mobile Number", "national_id": "National ID", "country": "Country",
        "blood": "Blood Group"},
    "visits": {
        "health_id": "Health ID", "id": "Visit Number", "at": "Visit Date", "type": "Visit Type",
        "complaint": "Presenting Complaint", "diagnosis": "Diagnosis", "notes": "Remarks"},
    "lab_results": {
        "health_id": "Health ID", "order": "Lab No", "test": "Investigation", "value": "Result",
        "unit": "Unit", "range": "Normal Range", "flag": "Abnormal Flag", "date": "Collection Date"},
    "prescriptions": {
        "health_id": "Health ID", "id": "Prescription No", "drug": "Drug Name", "dose": "Dose",
        "frequency": "Frequency", "quantity": "Qty", "date": "Prescription Date"},
    "pharmacy_stock": {
        "code": "Item Code", "name": "Item Name", "lot": "Batch No.", "quantity": "Qty on Hand",
        "unit": "UoM", "expiry": "Expiry Date", "reorder": "Reorder Level"},
    "blood_stock": {
        "donation": "Donation Number", "group": "Blood Group", "component": "Component",
        "expiry": "Expires On", "safe": "Screened"},
    "payments": {
        "reference": "Receipt No", "amount": "Amount Paid", "currency": "Currency", "at": "Payment Date",
        "status": "Status", "method": "Payment Method"},
}
ARABIC = {
    "patients": {
        "reference": "رقم الملف", "last": "اسم العائلة", "first": "الاسم الأول", "born": "تاريخ الميلاد",
        "sex": "الجنس", "phone": "رقم الجوال", "national_id": "رقم الهوية", "country": "الدولة",
        "blood": "فصيلة الدم"},
    "visits": {
        "health_id": "المعرف الصحي", "id": "رقم الزيارة", "at": "تاريخ الزيارة", "type": "نوع الزيارة",
        "complaint": "الشكوى", "diagnosis": "التشخيص", "notes": "ملاحظات"},
    "lab_results": {
        "health_id": "المعرف الصحي", "order": "رقم الطلب", "test": "اسم الفحص", "value": "النتيجة",
        "unit": "الوحدة", "range": "المعدل الطبيعي", "flag": "غير طبيعي", "date": "تاريخ الفحص"},
    "prescriptions": {
        "health_id": "المعرف الصحي", "id": "رقم الوصفة", "drug": "اسم الدواء", "dose": "الجرعة",
        "frequency": "التكرار", "quantity": "الكمية", "date": "تاريخ الوصفة"},
    "pharmacy_stock": {
        "code": "رمز الصنف", "name": "اسم الصنف", "lot": "رقم التشغيلة", "quantity": "الكمية المتوفرة",
        "unit": "الوحدة", "expiry": "تاريخ الانتهاء", "reorder": "الحد الأدنى"},
    "blood_stock": {
        "donation": "رقم الكيس", "group": "فصيلة الدم", "component": "مشتق الدم",
        "expiry": "تاريخ الصلاحية", "safe": "فحص الفيروسات"},
    "payments": {
        "reference": "رقم الإيصال", "amount": "المبلغ المدفوع", "currency": "العملة",
        "at": "تاريخ الدفع", "status": "الحالة", "method": "طريقة الدفع"},
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
        "male": ["M", "Masculin", "H"], "female": ["F", "Féminin"], True: ["Oui", "VRAI"],
        False: ["Non", "FAUX"], "CM": ["Cameroun", "CM"],
        "XAF": ["XAF", "FCFA", "F CFA"], "NGN": ["NGN"], "KWD": ["KWD"],
        "whole_blood": ["Sang total"], "packed_cells": ["CGR", "Culot globulaire"], "plasma": ["PFC"],
        "platelets": ["Plaquettes", "CUP"], "safe": ["Conforme", "Qualifié"], "unsafe": ["Non conforme"],
        "completed": ["Payé", "Réglé", "Réussi"], "pending": ["En attente"], "failed": ["Échec", "Refusé"],
        "cancelled": ["Annulé"], "refunded": ["Remboursé"],
        "cash": ["Espèces"], "mobile_money": ["Mobile Money", "Orange Money"], "card": ["Carte bancaire"]},
    "en": {
        "male": ["M", "Male"], "female": ["F", "Female"], True: ["TRUE", "Yes", "H", "L"],
        False: ["FALSE", "No", "N"], "NG": ["Nigeria", "NGA"],
        "XAF": ["XAF"], "NGN": ["NGN"], "KWD": ["KWD"],
        "whole_blood": ["Whole Blood"], "packed_cells": ["PRBC", "Packed Cells"], "plasma": ["FFP"],
        "platelets": ["Platelets", "PLT"], "safe": ["Screened - Negative", "Passed"], "unsafe": ["Reactive"],
        "completed": ["Paid", "Successful"], "pending": ["Pending"], "failed": ["Failed", "Declined"],
        "cancelled": ["Cancelled", "Voided"], "refunded": ["Refunded", "Reversed"],
        "cash": ["Cash"], "mobile_money": ["M-Pesa", "Mobile Money"], "card": ["POS", "Debit Card"]},
    "ar": {
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
