/// What forms and common systems call a thing, in English, French and Arabic: names that the server
/// knows with their headings, separated by commas. Articles, accents and marks do not count.
enum HeadingWords {
    /// Names that the server knows, its own synonyms included.
    static let known: [String] = [
        "health_id", "patient_health_id", "external_reference", "external_patient_id", "patient_no",
        "patient_id", "first_name", "last_name", "middle_name", "full_name", "name", "dob",
        "date_of_birth", "sex", "gender", "phone", "phone_number", "mobile", "email", "address",
        "city", "country_code", "national_id", "blood_type", "allergies", "allergy", "notes",
        "clinical_note", "severity", "date", "occurred_at", "encounter_type",
        "external_encounter_id", "chief_complaint", "diagnosis", "system", "code", "display",
        "test", "test_name", "result", "result_value", "unit", "reference_range", "flagged",
        "flag_level", "interpretation", "external_lab_order_id", "medicine", "medication",
        "medication_name", "dose", "frequency", "route", "duration", "quantity", "instructions",
        "prescriber", "type", "value", "temperature", "weight", "height", "pulse", "heart_rate",
        "respiratory_rate", "blood_pressure", "systolic", "diastolic", "oxygen_saturation", "spo2",
        "drug_code", "batch", "batch_number", "expiry", "expiry_date", "expires_at", "blood_group",
        "component", "units", "screening", "screened", "screening_status", "facility_reference",
        "doctor", "doctor_code", "department", "time", "time_from", "time_to", "status", "reason",
        "amount", "amount_minor", "currency", "reference", "provider", "paid_at", "payment_method",
        "source", "recorded_at", "id", "record_id", "external_id", "source_id",
    ]

    /// Whatever the rows are.
    static let common: [String: String] = [
        "health_id":
            "opescare id,identifiant santé,id santé,numéro santé,المعرف الصحي,الرقم الصحي,رقم الهوية الصحية",
        "external_reference":
            "numéro patient,numéro de dossier,dossier,code patient,patient code,file number,mrn,"
            + "medical record number,hospital number,ipp,رقم الملف,رقم المريض",
        "last_name": "nom,nom de famille,nom famille",
        "first_name": "prénom,prénoms",
        "full_name": "nom complet,nom et prénom,nom et prénoms,full names",
        "date_of_birth": "date de naissance,né le,née le,ddn,birth date,birthdate",
        "sex": "sexe,genre,الجنس", "phone": "téléphone,tél,numéro de téléphone,portable",
        "email": "courriel", "address": "adresse", "city": "ville", "country_code": "pays",
        "national_id": "identifiant national,numéro cni,cni",
        "blood_type":
            "groupe sanguin,groupe sanguin rhésus,groupe rhésus,groupage,فصيلة الدم,زمرة الدم",
        "allergies": "allergie,allergies connues,known allergies,الحساسية",
        "result": "résultat,résultats,النتيجة", "test": "analyse,examen,nom analyse",
        "unit": "unité,unité de mesure,uom,unit of measure,الوحدة",
        "reference_range":
            "valeurs de référence,valeur de référence,intervalle de référence,valeurs normales,"
            + "normal range,norme,normes,القيم المرجعية,المعدل الطبيعي",
        "flagged": "anormal,alerte", "medicine": "médicament,médicaments,الدواء,اسم الدواء",
        "dose": "posologie,dosage,الجرعة", "frequency": "fréquence,rythme,التكرار",
        "route": "voie,voie d'administration", "duration": "durée,durée du traitement,المدة",
        "quantity": "quantité,qté,qty,الكمية", "prescriber": "prescripteur",
        "notes":
            "remarques,remarque,observations,observation,commentaire,commentaires,comments,remarks,"
            + "ملاحظات",
        "severity": "gravité,sévérité,الشدة", "chief_complaint": "motif,motif de consultation",
        "date":
            "date de consultation,date de prélèvement,date résultat,date du résultat,"
            + "date de prescription,date heure,date et heure,التاريخ",
        "diagnosis": "diagnostic", "weight": "poids", "height": "taille", "pulse": "pouls",
        "blood_pressure": "tension,tension artérielle,ta", "temperature": "température,temp",
        "batch_number": "lot,numéro de lot,batch no,lot no",
        "expiry_date":
            "date de péremption,péremption,date d'expiration,expiration,expiration date,تاريخ الانتهاء,"
            + "تاريخ انتهاء الصلاحية,تاريخ الصلاحية",
        "blood_group": "groupe", "component": "composant", "units": "unités",
        "amount": "montant,المبلغ", "currency": "devise,monnaie,العملة",
        "doctor": "médecin,الطبيب", "time": "heure,الوقت", "status": "statut,état,الحالة",
    ]

    static let byType: [FileType: [String: String]] = [
        .patient: patient, .encounter: visit, .visit: visit, .labResult: lab,
        .prescription: prescription, .vital: vital, .diagnosis: diagnosis,
        .appointment: appointment, .pharmacyStock: pharmacy, .bloodStock: blood, .payment: payment,
    ]

    private static let patient: [String: String] = [
        "external_reference":
            "patient id,id patient,patient id no,uhid,folder number,registration number,رقم ملف المريض,"
            + "الرقم الطبي",
        "blood_type": "gpe sanguin,gs rh,abo rh",
        "first_name":
            "given name,given names,given,forename,forenames,patient first name,prénom du patient,"
            + "الاسم الأول,الاسم الشخصي",
        "last_name":
            "surname,family name,family,nom patronymique,patient last name,nom du patient,اسم العائلة,"
            + "اللقب,العائلة,الكنية",
        "middle_name": "second name,middle names,autre prénom,autres prénoms,اسم الأب,الاسم الأوسط",
        "full_name":
            "name,names,patient,patient name,noms et prénoms,nom prénom,nom prénoms,noms prénoms,"
            + "prénom et nom,nom et prénom du patient,الاسم,الاسم الكامل,اسم المريض",
        "date_of_birth":
            "birthday,date naiss,date nais,d naissance,naissance,born,born on,né e le,date birth,تاريخ الميلاد,"
            + "تاريخ الولادة",
        "sex": "النوع",
        "phone":
            "telephone,telephone number,tel no,mobile number,mobile phone,cell,cell phone,cellphone,"
            + "contact,contact number,gsm,tél portable,téléphone portable,tel 1,phone 1,الهاتف,رقم الموبايل,رقم الهاتف,الجوال,رقم الجوال,الموبايل",
        "email": "mail,e mail,adresse email,email address,البريد الإلكتروني",
        "address": "domicile,résidence,العنوان", "city": "town,commune,localité,المدينة",
        "country_code": "country,code pays,الدولة,البلد",
        "national_id":
            "carte d'identité,carte nationale d'identité,numéro carte d'identité,"
            + "numéro pièce d'identité,رقم الهوية الوطنية,numéro d'identité,national id number,"
            + "national identifier,id card,id card number,nin,رقم الهوية,الرقم القومي,الهوية الوطنية",
    ]

    private static let visit: [String: String] = [
        "date":
            "visit date,date de visite,date visite,encounter date,encounter datetime,encounter date time,"
            + "visit date time,date time,date of visit,date seen,attendance date,date consult,"
            + "consultation date,"
            + "date de la consultation,visit datetime,تاريخ الزيارة,تاريخ الكشف",
        "admission_date": "date d'admission,date d'entrée,تاريخ الدخول",
        "chief_complaint":
            "plaintes principales,main complaint,الشكوى الرئيسية,complaint,complaints,reason,reason for visit,presenting complaint,motif de visite,plainte,"
            + "plaintes,سبب الزيارة,الشكوى",
        "diagnosis":
            "diagnostics,diagnoses,diagnose,diagnostic retenu,diagnostic principal,diagnostic final,"
            + "primary diagnosis,final diagnosis,التشخيص,التشخيص النهائي",
        "encounter_type":
            "type de consultation,type de visite,visit type,type de rencontre,type of visit,nature de la consultation,type,نوع الزيارة,نوع الكشف",
        "external_encounter_id":
            "visit id,visit number,encounter id,encounter number,numéro de consultation,numéro de visite,"
            + "code consultation,code de visite,numéro de passage,"
            + "رقم الزيارة",
        "notes":
            "clinical notes,notes cliniques,compte rendu,doctor's notes,doctors notes,الملاحظات",
    ]

    private static let lab: [String: String] = [
        "test":
            "analyses,examens,libellé de l'examen,libellé de l'analyse,nom de l'analyse,nom de l'examen,paramètre,parameter,désignation,libellé,"
            + "analyte,investigation,test requested,lab test,laboratory test,الفحص,التحليل,اسم الفحص,"
            + "اسم التحليل",
        "result": "valeur,value,test result,lab result,résultat de l'analyse",
        "unit": "units,unités",
        "reference_range":
            "ref range,reference interval,ref interval,ref values,reference values,val réf,valeurs réf,"
            + "القيم الطبيعية,valeurs usuelles,intervalle biologique",
        "flagged": "flag,h l,abnormal,abnormal flag,hors norme,hors normes,غير طبيعي",
        "date":
            "date d'analyse,date de l'analyse,date d'examen,result date,sample date,collection date,"
            + "specimen date,date collected,date reported,date prél,date de validation,collected on,test date,date of test,تاريخ التحليل,تاريخ الفحص,تاريخ النتيجة",
        "external_lab_order_id":
            "order id,order number,lab order id,lab number,laboratory number,numéro labo,"
            + "numéro de laboratoire,numéro de demande,numéro d'ordre,numéro d'échantillon,sample id,"
            + "sample number,specimen id,specimen number,request number,accession number,numéro de bulletin,"
            + "numéro de dossier labo,رقم العينة,رقم الطلب",
        "test_code": "code,code analyse,code examen,loinc,loinc code",
    ]

    private static let prescription: [String: String] = [
        "medicine":
            "drug,drug name,medicine name,nom du médicament,item,désignation,libellé,produit,product,"
            + "dénomination,dci",
        "prescriber": "médecin,médecin prescripteur,doctor,prescribed by,الطبيب",
        "quantity": "quantité prescrite,qté prescrite,quantity prescribed,qty prescribed",
        "frequency": "freq,nombre de prises par jour,nb prises jour,prises par jour",
        "duration": "nombre de jours,days",
        "date":
            "date d'ordonnance,date de l'ordonnance,prescription date,prescribed on,date prescribed,تاريخ الوصفة",
        "external_prescription_id":
            "numéro d'ordonnance,ordonnance,prescription number,prescription id,rx number,رقم الوصفة",
        "instructions": "consignes,conseils,directions,التعليمات",
    ]

    private static let vital: [String: String] = [
        "type":
            "signe,signe vital,vital,vital name,العلامة الحيوية,constante,paramètre,parameter,mesure,vital sign,measurement,المؤشر",
        "value": "valeur,résultat,reading,القيمة",
        "date":
            "date de mesure,date de la mesure,date de la prise,date de prise,date taken,measured on,measurement date,تاريخ القياس",
    ]

    private static let diagnosis: [String: String] = [
        "display":
            "diagnosis,diagnostic,libellé,désignation,description,maladie,pathologie,affection,disease,"
            + "condition,diagnosis name,diagnosis description,التشخيص",
        "code":
            "code cim,cim,cim 10,code cim 10,cim10,icd,icd 10,icd10,icd code,icd 10 code,icd10 code,"
            + "code diagnostic,diagnosis code,رمز التشخيص",
        "date": "date diagnosed,date du diagnostic,diagnosis date,date of diagnosis,تاريخ التشخيص",
    ]

    private static let appointment: [String: String] = [
        "date":
            "appointment date,appt date,jour,date rdv,date du rdv,date du rendez-vous,rdv,rendez-vous,تاريخ الموعد",
        "time_from":
            "heure,heure rdv,appt time,heure du rendez-vous,heure de début,heure début,start time,appointment time,"
            + "وقت الموعد,الوقت",
        "time_to": "heure de fin,heure fin,end time,finish time,وقت الانتهاء",
        "doctor_code": "code médecin,code du médecin,provider code,رمز الطبيب,كود الطبيب",
        "status":
            "appointment status,appt status,statut du rdv,statut du rendez-vous,حالة الموعد",
        "doctor": "praticien,physician",
        "department": "service,département,spécialité,clinic,القسم",
        "reason": "motif,motif du rdv,motif du rendez-vous,سبب الموعد",
    ]

    private static let pharmacy: [String: String] = [
        "drug_code":
            "code,code article,code produit,code médicament,article code,item code,item number,"
            + "product code,drug code,stock code,sku,référence,reference,réf,référence article,"
            + "internal reference,référence interne,كود الصنف,رقم الصنف,رمز الصنف,رمز الدواء,"
            + "كود الدواء",
        "name":
            "désignation,désignation de l'article,item description,libellé,article,nom,nom du produit,nom du médicament,nom commercial,produit,"
            + "médicament,médicaments,medicine,medication,dénomination,description,item,item name,"
            + "product,product name,drug,drug name,medicine name,الصنف,اسم الصنف,الدواء,اسم الدواء,"
            + "اسم المنتج",
        "quantity":
            "stock,quantité en stock,qté en stock,qté stock,quantité disponible,stock disponible,"
            + "stock actuel,stock final,stock physique,quantité physique,closing stock,current stock,"
            + "الرصيد الحالي,quantity on hand,qty on hand,on hand,stock on hand,soh,"
            + "balance,solde,quantity available,الرصيد,الكمية المتوفرة",
        "batch_number":
            "batch,batch lot,lot number,lot serial number,numéro lot,رقم التشغيلة,رقم الدفعة",
        "unit": "unit of issue,unité de distribution",
        "expiry_date":
            "expiry,exp,exp date,date exp,expires,expires on,expiry dt,ddp,dlu,date limite d'utilisation,"
            + "use by,الصلاحية",
        "reorder_level":
            "seuil,seuil d'alerte,seuil minimum,stock minimum,stock minimal,stock min,stock d'alerte,"
            + "stock de sécurité,minimum,min stock,minimum stock,reorder level,reorder point,"
            + "safety stock,minimum level,min level,الحد الأدنى",
    ]

    private static let blood: [String: String] = [
        "blood_group":
            "group,abo,abo rh,groupe sanguin,groupe rhésus,groupage,blood type,الفصيلة,فصيلة الدم",
        "component":
            "produit,produit sanguin,product,product type,type de produit,psl,blood component,blood product,المكون,"
            + "مشتق الدم",
        "expiry_date":
            "expiry,exp,exp date,expires,expires on,expire le,expiry dt,use by,date limite d'utilisation,الصلاحية",
        "units":
            "quantité,qté,qty,quantity,nombre d'unités,nombre de poches,poches,bags,number of units,"
            + "عدد الوحدات,الكمية",
        "screening":
            "dépistage,qualification,screening status,test status,statut sérologique,sérologie,فحص الفيروسات",
        "bag_number":
            "numéro de poche,code poche,bag number,din,رقم الوحدة,رقم التبرع,unit number,donation number,numéro de don,donation id,رقم الكيس",
    ]

    private static let payment: [String: String] = [
        "reference":
            "référence,réf,ref,ref number,payment reference,référence de paiement,numéro de reçu,reçu,receipt,"
            + "receipt number,numéro de quittance,numéro de transaction,المرجع,رقم الإيصال,رقم العملية",
        "status":
            "payment status,transaction status,statut du paiement,statut de paiement,حالة الدفع",
        "currency": "currency code,code devise,رمز العملة",
        "amount":
            "montant payé,montant réglé,montant ttc,somme versée,total paid,amount paid,paid amount,somme,المبلغ المدفوع",
        "paid_at":
            "date de paiement,date du paiement,date d'encaissement,payment date,date paid,تاريخ السداد,paid on,date de règlement,date de versement,"
            + "date de l'opération,date de transaction,transaction date,تاريخ الدفع",
        "payment_method":
            "mode de paiement,moyen de paiement,mode de règlement,type de paiement,payment mode,payment type,"
            + "mode of payment,method,طريقة الدفع",
        "invoice_number": "numéro de facture,facture,invoice,invoice number,رقم الفاتورة",
        "provider": "opérateur,operator,المزود",
    ]
}
