//! Objectives, functions, levels and the team.

pub(super) const ROWS: &str = r"
RTO, name | /objective/rto/name | Recovery Time Objective
RTO, target | /objective/rto/target | 2 h
RTO, maximum | /objective/rto/maximum | 4 h
RTO, first system | /objective/rto/covers | Authentication
RTO, second system | /objective/rto/covers | Core Booking
RPO, name | /objective/rpo/name | Recovery Point Objective
RPO, target | /objective/rpo/target | 15 min
RPO, maximum | /objective/rpo/maximum | 1 h
RPO, first system | /objective/rpo/covers | User data
RPO, second system | /objective/rpo/covers | Bookings
RPO, third system | /objective/rpo/covers | Audit logs
MTTR, name | /objective/mttr/name | Mean Time to Repair
MTTR, target | /objective/mttr/target | 1 h
MTTR, maximum | /objective/mttr/maximum | 2 h
MTTR, first system | /objective/mttr/covers | Database
MTTR, second system | /objective/mttr/covers | Web application
availability, target | /objective/availability/target | 99.5
availability, at least | /objective/availability/maximum | 99.0
availability, of what | /objective/availability/covers | Overall system availability
critical: authentication | /function/sign-in/name | User authentication and authorization
critical: authentication, tier | /function/sign-in/tier | critical
critical: bookings | /function/booking/name | Booking creation and management
critical: bookings, tier | /function/booking/tier | critical
critical: availability checking | /function/availability-checking/name | Resource availability checking
critical: availability checking, tier | /function/availability-checking/tier | critical
critical: notifications | /function/emergency-notifications/name | Emergency notifications
critical: notifications, tier | /function/emergency-notifications/tier | critical
important: reporting | /function/reporting/name | Reporting and analytics
important: reporting, tier | /function/reporting/tier | important
important: admin | /function/admin/name | Admin functions
important: admin, tier | /function/admin/tier | important
important: files | /function/files/name | File uploads and media
important: files, tier | /function/files/tier | important
important: integrations | /function/integrations/name | Integration APIs
important: integrations, tier | /function/integrations/tier | important
nice to have: reporting | /function/advanced-reporting/name | Advanced reporting features
nice to have: reporting, tier | /function/advanced-reporting/tier | nice-to-have
nice to have: history | /function/history/name | Historical data analysis
nice to have: history, tier | /function/history/tier | nice-to-have
nice to have: integrations | /function/other-integrations/name | Non-critical integrations
nice to have: integrations, tier | /function/other-integrations/tier | nice-to-have
level 1 | /level/1/name | Minor Service Disruption
level 1, impact | /level/1/impact | single component
level 1, downtime | /level/1/usual_downtime | 30 min
level 1, downtime in words | /level/1/downtime | under 30 minutes
level 1, example | /level/1/examples | Single worker failure
level 1, example | /level/1/examples | Minor database issue
level 1, response | /level/1/response | On-call engineer
level 1, response | /level/1/response | Automated recovery
level 2 | /level/2/name | Major Service Disruption
level 2, impact | /level/2/impact | Several components
level 2, downtime | /level/2/usual_downtime | 2 h
level 2, downtime in words | /level/2/downtime | 30 minutes to 2 hours
level 2, example | /level/2/examples | Database failure
level 2, example | /level/2/examples | Web server crash
level 2, example | /level/2/examples | Network issues
level 2, response | /level/2/response | Incident team activation
level 2, response | /level/2/response | Manual intervention required
level 3 | /level/3/name | Complete Service Outage
level 3, impact | /level/3/impact | whole system is unavailable
level 3, downtime in words | /level/3/downtime | over 2 hours
level 3, example | /level/3/examples | Data center failure
level 3, example | /level/3/examples | Major security breach
level 3, example | /level/3/examples | Data corruption
level 3, response | /level/3/response | Full disaster recovery team
level 3, response | /level/3/response | Emergency procedures
level 4 | /level/4/name | Catastrophic Failure
level 4, impact | /level/4/impact | Infrastructure is destroyed
level 4, impact | /level/4/impact | data may be lost
level 4, example | /level/4/examples | Natural disaster
level 4, example | /level/4/examples | Complete data center loss
level 4, example | /level/4/examples | Major security incident
level 4, response | /level/4/response | Business continuity plan
level 4, response | /level/4/response | Alternative site activation
commander | /role/commander/name | Incident Commander
commander, authority | /role/commander/authority | Decision Authority
commander, team | /role/commander/team | Primary
commander, contact | /role/commander/holders/1 | priya-raghunathan
commander, duty | /role/commander/duties | Overall incident coordination
commander, duty | /role/commander/duties | Communication
commander, duty | /role/commander/duties | Decisions
technical lead | /role/technical-lead/name | Technical Lead
technical lead, authority | /role/technical-lead/authority | System Recovery
technical lead, team | /role/technical-lead/team | Primary
technical lead, contact | /role/technical-lead/holders/1 | tomasz-lindqvist
technical lead, duty | /role/technical-lead/duties | Technical recovery coordination
technical lead, duty | /role/technical-lead/duties | System restoration
database administrator | /role/dba/name | Database Administrator
database administrator, authority | /role/dba/authority | Data Recovery
database administrator, team | /role/dba/team | Primary
database administrator, contact | /role/dba/holders/1 | wilhelmina-featherstonehaugh
database administrator, duty | /role/dba/duties | Database recovery
database administrator, duty | /role/dba/duties | Data integrity validation
security lead | /role/security-lead/name | Security Lead
security lead, authority | /role/security-lead/authority | Security Assessment
security lead, team | /role/security-lead/team | Primary
security lead, contact | /role/security-lead/holders/1 | daniel-ferreira
security lead, duty | /role/security-lead/duties | Security assessment
security lead, duty | /role/security-lead/duties | Breach containment
infrastructure specialist | /role/infrastructure/name | Infrastructure Specialist
infrastructure specialist, team | /role/infrastructure/team | Secondary
infrastructure specialist, duty | /role/infrastructure/duties | Network
infrastructure specialist, duty | /role/infrastructure/duties | Hardware
infrastructure specialist, duty | /role/infrastructure/duties | Cloud infrastructure
communications coordinator | /role/communications/name | Communications Coordinator
communications coordinator, team | /role/communications/team | Secondary
communications coordinator, duty | /role/communications/duties | User communications
communications coordinator, duty | /role/communications/duties | Stakeholder updates
business liaison | /role/business-liaison/name | Business Liaison
business liaison, team | /role/business-liaison/team | Secondary
business liaison, duty | /role/business-liaison/duties | Business impact assessment
business liaison, duty | /role/business-liaison/duties | User coordination
";
