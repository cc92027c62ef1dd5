//! Emergency contacts, providers, appendices, document control.

pub(super) const ROWS: &str = r"
hotline | /document/hotline | +49 30 23125 100
commander, name | /person/priya-raghunathan/name | Priya Raghunathan
commander, mobile | /person/priya-raghunathan/contact/2/address | +49 30 23125
commander, mail | /person/priya-raghunathan/contact/1/address | @example.org
commander, alternate | /role/commander/holders/2 | aleksandra-wojcik
technical lead, phone | /person/tomasz-lindqvist/contact/2/address | +49 30 23125
technical lead, mail | /person/tomasz-lindqvist/contact/1/address | @example.org
system administrator, primary | /role/system-administrator/holders/1 | jonas-brandt
system administrator, primary, phone | /person/jonas-brandt/contact/2/address | +49 30 23125
system administrator, backup | /role/system-administrator/holders/2 | ivo-marsh
system administrator, backup, phone | /person/ivo-marsh/contact/2/address | +49 30 23125
database administrator, primary | /role/dba/holders/1 | wilhelmina-featherstonehaugh
database administrator, primary, phone | /person/wilhelmina-featherstonehaugh/contact/2/address | +49 30 23125
database administrator, primary, mail | /person/wilhelmina-featherstonehaugh/contact/1/address | @example.org
database administrator, backup | /role/dba/holders/2 | ruth-abiodun
database administrator, backup, phone | /person/ruth-abiodun/contact/2/address | +49 30 23125
security lead, primary | /role/security-lead/holders/1 | daniel-ferreira
security lead, primary, phone | /person/daniel-ferreira/contact/2/address | +49 30 23125
security lead, primary, mail | /person/daniel-ferreira/contact/1/address | @example.org
security lead, backup | /role/security-lead/holders/2 | katarzyna-nowak
security lead, backup, phone | /person/katarzyna-nowak/contact/2/address | +49 30 23125
network administrator, primary | /role/network-administrator/holders/1 | fatima-el-amrani
network administrator, primary, phone | /person/fatima-el-amrani/contact/2/address | +49 30 23125
network administrator, backup | /role/network-administrator/holders/2 | ngozi-okonkwo
network administrator, backup, phone | /person/ngozi-okonkwo/contact/2/address | +49 30 23125
hosting, provider | /provider/hosting/name | Nordlicht
hosting, what | /provider/hosting/service | Hosting Provider
hosting, support | /provider/hosting/support | +49 30 23125 201
hosting, account | /provider/hosting/account | LAB-20417
hosting, SLA | /provider/hosting/sla | 99.9 %
internet, provider | /provider/isp/name | Spreenetz
internet, what | /provider/isp/service | Internet Service Provider
internet, support | /provider/isp/support | +49 30 23125 202
internet, account | /provider/isp/account | SN-88-1034
cloud, what | /provider/cloud/service | Cloud Services
cloud, AWS support | /provider/cloud/support | AWS Support
cloud, Azure support | /provider/cloud/support | Azure Support
cloud, account | /provider/cloud/account | AWS 000000000000
cloud, account | /provider/cloud/account | Azure 00000000
appendix A | /appendix/contact-cards/name | Emergency Contact Cards
appendix A, handed out | /appendix/contact-cards/handed_out | distribute to all team members
appendix B | /appendix/quick-reference/name | Quick Reference Procedures
appendix B, handed out | /appendix/quick-reference/handed_out | Laminated cards for common scenarios
appendix C | /appendix/vendors/name | Vendor Contact Information
appendix C, handed out | /appendix/vendors/handed_out | Complete list of all service providers
appendix D | /appendix/time-estimates/name | Recovery Time Estimates
appendix D, handed out | /appendix/time-estimates/handed_out | Detailed breakdown by scenario
title | /document/title | Disaster Recovery Plan
purpose | /document/purpose | business goes on
system | /document/service | Laboratory Management System
version | /document/version | 1.0
last updated | /document/updated | 2026-11-02
next review | /document/next_review | 2027-05-03
owner | /document/owner | priya-raghunathan
approved by | /document/approved_by | aleksandra-wojcik
";
