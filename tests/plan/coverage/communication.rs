//! Declaring, channels, words for users, both matrices.

pub(super) const ROWS: &str = r"
declaration 1 | /runbook/declare/step/1/title | Incident Commander declares
declaration 2 | /runbook/declare/step/2/title | technical team via emergency contacts
declaration 3 | /runbook/declare/step/3/title | status page with initial information
declaration 4 | /runbook/declare/step/4/title | based on the incident level
channel, primary | /channel/emergency-phone/rank | primary
channel, primary, name | /channel/emergency-phone/name | Emergency phone numbers
channel, secondary | /channel/mail-lists/rank | secondary
channel, secondary, name | /channel/mail-lists/name | Email distribution lists
channel, list | /channel/mail-lists/addresses | technical-emergency@
channel, list | /channel/mail-lists/addresses | management-alerts@
channel, list | /channel/mail-lists/addresses | all-staff@
channel, tertiary | /channel/slack/rank | tertiary
channel, Slack | /channel/slack/addresses | #emergency-response
channel, tertiary | /channel/teams/rank | tertiary
channel, Teams | /channel/teams/addresses | Emergency Response Team
channel, public | /channel/status-page/rank | public
channel, status page | /channel/status-page/addresses | status.
channel, public | /channel/twitter/rank | public
channel, Twitter | /channel/twitter/addresses | _status
channel, public | /channel/website-banner/rank | public
channel, website banner | /channel/website-banner/name | Website banner
level 1, users | /level/1/public_note | No user notification
level 1, monitoring | /level/1/public_note | internal monitoring only
level 2, words | /level/2/public_template | service-notice
level 2, subject | /template/service-notice/subject | [SERVICE NOTICE] Temporary Service Degradation
level 2, performance | /template/service-notice/body | currently experiencing some performance issues with the {{service}}
level 2, team | /template/service-notice/body | Our technical team is working to resolve the issue.
level 2, estimate | /template/service-notice/body | Estimated Resolution: {{resolution}}
level 2, status | /template/service-notice/body | Current Status: {{status}}
level 2, again | /template/service-notice/body | We will provide updates every 30 minutes until resolved.
level 2, signed | /template/service-notice/body | Support Team
level 3, words | /level/3/public_template | unavailable
level 4, words | /level/4/public_template | unavailable
levels 3 and 4, subject | /template/unavailable/subject | [URGENT]
levels 3 and 4, what | /template/unavailable/body | is currently unavailable due to technical issues.
levels 3 and 4, affected | /template/unavailable/body | All laboratory bookings and access may be affected.
levels 3 and 4, now | /template/unavailable/body | IMMEDIATE ACTIONS REQUIRED:
levels 3 and 4, supervisor | /template/unavailable/body | Contact your laboratory supervisor for emergency access
levels 3 and 4, backup procedures | /template/unavailable/body | Refer to backup procedures for critical operations
levels 3 and 4, monitor | /template/unavailable/body | Monitor this page for updates: {{status_page}}
levels 3 and 4, estimate | /template/unavailable/body | Estimated Resolution: {{resolution}}
levels 3 and 4, next | /template/unavailable/body | Next Update: {{next_update}}
levels 3 and 4, urgent | /template/unavailable/body | For urgent issues, contact: {{hotline}}
levels 3 and 4, signed | /template/unavailable/body | Emergency Response Team
matrix 1, technical team, first | /notify/1.technical-team/first_within | 0 s
matrix 1, technical team, then | /notify/1.technical-team/every | on-change
matrix 2, technical team, first | /notify/2.technical-team/first_within | 15 min
matrix 2, technical team, then | /notify/2.technical-team/every | 30 min
matrix 2, management, first | /notify/2.management/first_within | 15 min
matrix 2, management, then | /notify/2.management/every | 30 min
matrix 3, stakeholders, first | /notify/3.stakeholders/first_within | 5 min
matrix 3, stakeholders, then | /notify/3.stakeholders/every | 15 min
matrix 3, users, first | /notify/3.users/first_within | 5 min
matrix 3, users, then | /notify/3.users/every | 15 min
matrix 4, executives, first | /notify/4.executives/first_within | 0 s
matrix 4, executives, then | /notify/4.executives/every | on-change
matrix 4, media, first | /notify/4.media/first_within | 0 s
matrix 4, media, then | /notify/4.media/every | on-change
escalation 1 | /escalate/1/says | On-call engineer
escalation 1, paged | /level/1/pages | on-call-engineer
escalation 2 | /escalate/2/says | Technical lead and incident commander
escalation 2, paged | /level/2/pages | technical-lead
escalation 2, paged | /level/2/pages | commander
escalation 3 | /escalate/3/says | Management and business stakeholders
escalation 3, management | /escalate/3/audiences | management
escalation 3, stakeholders | /escalate/3/audiences | stakeholders
escalation 4 | /escalate/4/says | Executive team and external authorities
escalation 4, executives | /escalate/4/audiences | executives
escalation 4, authorities | /escalate/4/audiences | authorities
";
