/// Spellings and short forms of one given name, across French, English and Arabic.
///
/// Two names in one row are the same name; two names in different rows are different names, however
/// alike they look: محمد is not محمود, Jean is not Jeanne. Spelt as `PersonName` normalises.
enum NameVariants {
    private static let rows: [String] = [
        // Arabic and Fulbe names.
        "mohammed mohamed muhammad muhammed mohammad mohamad mouhamed mouhammad muhamad muhamed mohamadou mouhamadou muhammadu mamadou mahamadou mahamat muhammadou محمد",
        "mahmoud mahmud mahmood mahmoudou محمود",
        "ahmed ahmad ahmadou amadou ahmat احمد",
        "hamid hameed hamidou حميد",
        "hamed حامد",
        "youssef yousef yusuf yousuf yusef youssouf yousouf yusufu youssoufa يوسف",
        "ibrahim ibraheem ibrahima ibrahimou ibrahem brahim ابراهيم",
        "ismail ismael ismaila smail اسماعيل",
        "ali aly aliou علي",
        "alioum aleem alim عليم",
        "omar umar oumar oumarou umaru omer عمر",
        "amr amrou عمرو",
        "othman osman usman ousman ousmane ousmanou uthman usmanu عثمان",
        "abubakar aboubakar boubakar aboubacar abubakr aboubakr bouba ابوبكر",
        "hassan hasan hassane hassana حسن",
        "hussein husain hussain hosein houssein حسين",
        "khalid khaled خالد",
        "khalil خليل",
        "saleh salih salihou صالح",
        "salem salim سالم",
        "saleem سليم",
        "sulaiman suleiman souleyman souleymane souleymanou soulaiman sulayman suleman سليمان",
        "said saeed saidou seidou سعيد",
        "saad سعد",
        "saud saoud سعود",
        "fahd fahad فهد",
        "faisal faysal feisal فيصل",
        "nasser nasir naser ناصر",
        "nasr نصر",
        "majed majid ماجد",
        "majeed مجيد",
        "rashid rachid rasheed rachidou رشيد",
        "rashed راشد",
        "tareq tarek tariq طارق",
        "abdullah abdallah abdoulaye abdulla abdoulahi abdullahi abdulahi عبدالله",
        "abdulrahman abderrahman abdelrahman abdourahman abdourahmane abdurrahman abdramane عبدالرحمن",
        "abdulrahim abderrahim abdelrahim abdourahim عبدالرحيم",
        "abdulaziz abdelaziz abdoulaziz عبدالعزيز",
        "abdulkarim abdelkarim abdoulkarim abdulkareem عبدالكريم",
        "abdulkader abdelkader abdoulkader abdulqadir عبدالقادر",
        "fatima fatimah fatma fatimata fatoumata fadimatou fatime فاطمه",
        "aisha aicha aysha aissatou aishatu aissata aichatou عايشه عائشه",
        "maryam mariam meriem maryama mariama مريم",
        "khadija khadijah khadidja khadidjatou kadidja hadidja خديجه",
        "zainab zaynab zeinab zenabou zeinabou zainabu زينب",
        "amina aminah aminatou aminata aminatu امينه",
        "amna امنه",
        "halima halimah halimatou حليمه",
        "sara sarah ساره",
        "noura norah نوره",
        "noor nour nur نور",
        "layla leila laila ليلي",
        "hawa hawaou hawwa حواء",
        "asma asmaou asmau اسماء",
        "djamila jamila jamilah جميله",
        "jamal gamal djamal جمال",
        "jamil djamil جميل",
        "moussa musa mousa موسي",
        "issa isa eissa عيسي",
        "yaya yahya yahia يحيي",
        "yacoub yaqoub yakubu yacouba yaqub يعقوب",
        // French and English.
        "jean", "jeanne", "john", "joan", "jeannette", "jeannot",
        "joseph josef", "josephine", "josephe",
        "paul", "paule", "paulin", "pauline", "paula",
        "pierre", "peter", "pierrette",
        "michel michael", "michele michelle",
        "marie", "mary", "maria", "mario", "marius", "marion",
        "francois francis", "francoise", "france",
        "andre andrew", "andree", "andrea",
        "daniel dan danny", "daniele danielle",
        "emmanuel emanuel manu", "emmanuelle",
        "gabriel", "gabrielle",
        "martin", "martine", "martial",
        "dominique", "dominic",
        "christian", "christiane", "christine", "christelle", "christophe christopher",
        "denis dennis", "denise",
        "rene", "renee",
        "simon", "simone",
        "stephane steven stephen etienne", "stephanie",
        "laurent lawrence", "laurence",
        "louis lewis", "louise", "louisette",
        "claude", "claudine", "claudette",
        "yves", "yvette", "yvonne",
        "bernard", "bernadette",
        "antoine anthony antony", "antoinette",
        "nicolas nicholas", "nicole",
        "philippe philip phillip",
        "jacques james", "jacqueline",
        "georges george", "georgette", "georgina",
        "charles charlie", "charlotte", "charlene",
        "robert bob", "roberta",
        "william guillaume will bill",
        "richard", "samuel sam", "samantha",
        "alexandre alexander alex", "alexandra", "alexis",
        "benjamin ben benji", "elisabeth elizabeth elise", "eliza",
        "catherine katherine catharine", "caroline carolyn",
        "theodore", "thomas tom", "timothee timothy",
        "felix", "felicite", "felicia",
        "serge sergio", "sylvie sylvia", "sylvain", "solange",
    ]

    /// A number for each row; names that stand in none have none.
    private static let numbers: [String: Int] = {
        var numbers: [String: Int] = [:]
        for (number, row) in rows.enumerated() {
            for name in row.split(separator: " ") { numbers[String(name)] = number }
        }
        return numbers
    }()

    /// Whether two names are one by this table: `nil` when either is not in it.
    static func areSame(_ left: String, _ right: String) -> Bool? {
        guard let left = numbers[left], let right = numbers[right] else { return nil }
        return left == right
    }
}
