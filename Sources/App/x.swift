import Assets
import Migrations
package func a() -> Int { Assets.openAPI.count + Migrations.all[0].sql.count }
