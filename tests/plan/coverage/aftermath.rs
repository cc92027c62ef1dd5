//! After an incident: validation, post-mortem, follow-up.

pub(super) const ROWS: &str = r#"
checklist, services | /checklist/system-validation/items | All services operational and responding
checklist, database | /checklist/system-validation/items | Database integrity verified
checklist, authentication | /checklist/system-validation/items | User authentication working
checklist, functions | /checklist/system-validation/items | Critical business functions available
checklist, monitoring | /checklist/system-validation/items | Monitoring and alerting restored
checklist, backups | /checklist/system-validation/items | Backup systems re-enabled
checklist, security | /checklist/system-validation/items | Security controls validated
validation, shell | /runbook/data-validation/step/1/commands | manage.py shell
validation, models | /runbook/data-validation/step/2/commands | from booking.models import Booking, Resource
validation, users | /runbook/data-validation/step/3/commands | User.objects.count()
validation, users, check | /database/labitory/check/users/sql | FROM auth_user
validation, bookings | /runbook/data-validation/step/4/commands | Booking.objects.count()
validation, bookings, check | /database/labitory/check/bookings/sql | FROM booking_booking
validation, active bookings | /runbook/data-validation/step/4/commands | status='confirmed'
validation, active bookings, check | /database/labitory/check/active-bookings/sql | status = 'confirmed'
validation, resources | /runbook/data-validation/step/5/commands | is_active=True
validation, resources, check | /database/labitory/check/active-resources/sql | is_active
validation, consistency | /runbook/data-validation/step/6/commands | start_time__gt=F('end_time')
validation, consistency, check | /database/labitory/check/inconsistent-bookings/expect | = 0
validation, application, check | /database/labitory/check/application/action | manage-check
meeting, within | /post_mortem/within | 2 d
meeting 1 | /post_mortem/agenda | Timeline Review: Detailed incident timeline
meeting 2 | /post_mortem/agenda | Root Cause Analysis: Technical and process failures
meeting 3 | /post_mortem/agenda | Response Evaluation: What worked, what didn't
meeting 4 | /post_mortem/agenda | Impact Assessment: Business and user impact
meeting 5 | /post_mortem/agenda | Action Items: Preventive measures and improvements
report, when | /post_mortem/section/Incident Overview/asks | Date/Time
report, duration | /post_mortem/section/Incident Overview/asks | Duration: total downtime
report, severity | /post_mortem/section/Incident Overview/asks | Severity: level 1 to 4
report, cause | /post_mortem/section/Incident Overview/asks | Root Cause: primary cause
report, detected | /post_mortem/section/Timeline/asks | Initial incident detected
report, notified | /post_mortem/section/Timeline/asks | Response team notified
report, identified | /post_mortem/section/Timeline/asks | Issue identified
report, recovery | /post_mortem/section/Timeline/asks | Recovery initiated
report, restored | /post_mortem/section/Timeline/asks | Service restored
report, confirmed | /post_mortem/section/Timeline/asks | Full functionality confirmed
report, users | /post_mortem/section/Impact Assessment/asks | Users Affected: number or percentage
report, services | /post_mortem/section/Impact Assessment/asks | Services Impacted
report, data loss | /post_mortem/section/Impact Assessment/asks | Data Loss: yes or no
report, business | /post_mortem/section/Impact Assessment/asks | Business Impact
report, analysis | /post_mortem/section/Root Cause Analysis/asks | Detailed technical analysis
report, went well | /post_mortem/section/Response Evaluation/asks | What Went Well
report, improve | /post_mortem/section/Response Evaluation/asks | What Could Be Improved
report, action | /post_mortem/section/Action Items/asks | Action
report, owner | /post_mortem/section/Action Items/asks | Owner
report, due | /post_mortem/section/Action Items/asks | Due Date
report, priority | /post_mortem/section/Action Items/asks | Priority: high, medium or low
report, lessons | /post_mortem/section/Lessons Learned/asks | Key takeaways
immediate, from | /follow_up/immediate/from | 1 d
immediate, until | /follow_up/immediate/until | 2 d
immediate, monitoring | /follow_up/immediate/items | Update monitoring and alerting
immediate, patch | /follow_up/immediate/items | Patch identified vulnerabilities
immediate, backups | /follow_up/immediate/items | Improve backup procedures
immediate, procedures | /follow_up/immediate/items | Document new procedures
short-term, from | /follow_up/short-term/from | 7 d
short-term, until | /follow_up/short-term/until | 14 d
short-term, monitoring | /follow_up/short-term/items | Implement additional monitoring
short-term, procedures | /follow_up/short-term/items | Update disaster recovery procedures
short-term, training | /follow_up/short-term/items | Conduct additional staff training
short-term, test | /follow_up/short-term/items | Test identified improvements
long-term, from | /follow_up/long-term/from | 30 d
long-term, until | /follow_up/long-term/until | 90 d
long-term, infrastructure | /follow_up/long-term/items | Infrastructure improvements
long-term, automation | /follow_up/long-term/items | Process automation
long-term, redundancy | /follow_up/long-term/items | Redundancy implementation
long-term, plan | /follow_up/long-term/items | Annual DR plan updates
"#;
