//! Backups: schedule, places, kinds, verification; and the testing schedule.

pub(super) const ROWS: &str = r"
full backup, when | /schedule/full-backup/cron | 0 2 * * *
full backup, by whom | /schedule/full-backup/note | Celery
full backup, daily | /schedule/full-backup/note | Daily at 2 AM
incremental, when | /schedule/incremental-backup/cron | 0 */6 * * *
incremental, in words | /schedule/incremental-backup/note | Every 6 hours
transaction log, when | /schedule/transaction-log/cron | */15 * * * *
transaction log, in words | /schedule/transaction-log/note | Every 15 minutes
primary location | /repository/local/rank | primary
primary location, path | /repository/local/path | /home/labitory/labitory/backups/
primary location, kind | /repository/local/kinds | local
secondary location | /repository/cloud/rank | secondary
secondary location, S3 | /repository/cloud/kinds | s3
secondary location, Azure | /repository/cloud/kinds | azure
secondary location, in words | /repository/cloud/name | AWS S3/Azure Blob
tertiary location | /repository/off-site/rank | tertiary
tertiary location, weekly | /repository/off-site/name | weekly
tertiary location, physical | /repository/off-site/kinds | offline
full backup | /schedule/full-backup/name | Full database backup
full backup, dump | /schedule/full-backup/items | Complete PostgreSQL dump
full backup, contents | /schedule/full-backup/items | schema and all data
full backup, form | /schedule/full-backup/items | Compressed and encrypted
incremental backup, WAL | /schedule/incremental-backup/items | WAL (Write-Ahead Log) archiving
incremental backup, point in time | /schedule/incremental-backup/items | Point-in-time recovery capability
incremental backup, overhead | /schedule/incremental-backup/items | Minimal storage overhead
file backup | /schedule/file-backup/name | File system backup
file backup, weekly | /schedule/file-backup/cron | 0 3 * * 0
file backup, media | /schedule/file-backup/items | Media files and uploads
file backup, configuration | /schedule/file-backup/items | Configuration files
file backup, code | /schedule/file-backup/items | Application code (for rollback)
verification, daily | /schedule/backup-verification/cron | * * *
verification, kind | /schedule/backup-verification/kind | proof
verification, the file | /runbook/backup-verification/step/1/commands | backups/backup_$(date +%Y%m%d).sql
verification, test database | /runbook/backup-verification/step/1/commands | createdb
verification, restore | /runbook/backup-verification/step/2/commands | psql
verification, count | /runbook/backup-verification/step/3/commands | SELECT count(*) FROM auth_user;
verification, passes above 0 | /database/labitory/check/users/expect | > 0
verification, drop | /runbook/backup-verification/step/4/commands | dropdb
monthly drill | /schedule/monthly-drill/name | Monthly Disaster Recovery Drill
monthly drill, simulate | /schedule/monthly-drill/items | Simulate database failure and recovery
monthly drill, restore | /schedule/monthly-drill/items | Test backup restoration procedures
monthly drill, communication | /schedule/monthly-drill/items | Validate communication protocols
monthly drill, lessons | /schedule/monthly-drill/items | Document lessons learned
quarterly test | /schedule/quarterly-test/name | Quarterly Business Continuity Test
quarterly test, recovery | /schedule/quarterly-test/items | Full system recovery simulation
quarterly test, site | /schedule/quarterly-test/items | Alternative site activation (if applicable)
quarterly test, workflow | /schedule/quarterly-test/items | End-to-end user workflow testing
quarterly test, stakeholders | /schedule/quarterly-test/items | Stakeholder communication exercise
annual review | /schedule/annual-review/name | Annual DR Plan Review
annual review, contacts | /schedule/annual-review/items | Update contact information
annual review, procedures | /schedule/annual-review/items | Review and update procedures
annual review, backups | /schedule/annual-review/items | Validate backup strategies
annual review, objectives | /schedule/annual-review/items | Update RTO/RPO objectives
recovery test, monthly | /schedule/monthly-backup-test/note | Monthly
recovery test, database | /runbook/backup-recovery-test/step/1/commands | labitory_dr_test_$(date +%Y%m%d)
recovery test, latest | /runbook/backup-recovery-test/step/2/commands | ls -t /home/labitory/labitory/backups/backup_*.sql
recovery test, users | /runbook/backup-recovery-test/step/3/commands | Users restored: $USER_COUNT
recovery test, bookings | /runbook/backup-recovery-test/step/3/commands | Bookings restored: $BOOKING_COUNT
recovery test, connectivity | /runbook/backup-recovery-test/step/4/commands | --settings=labitory.settings.development
recovery test, clean up | /runbook/backup-recovery-test/step/5/commands | dropdb $TEST_DB
communication test | /runbook/communication-test/step/2/commands | send_emergency_notification.delay(
communication test, title | /runbook/communication-test/step/2/commands | 'Disaster Recovery Test'
communication test, result | /runbook/communication-test/step/2/commands | Test notification sent: {result.id}
";
