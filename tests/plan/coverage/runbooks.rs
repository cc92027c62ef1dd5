//! Recovery procedures: each numbered step and each command.

pub(super) const ROWS: &str = r#"
point in time, stop services | /runbook/point-in-time-recovery/step/1/commands | systemctl stop gunicorn-labitory celery-labitory
point in time, database | /runbook/point-in-time-recovery/step/2/commands | createdb labitory_recovery
point in time, base backup | /runbook/point-in-time-recovery/step/3/commands | pg_restore -d labitory_recovery
point in time, WAL | /runbook/point-in-time-recovery/step/4/commands | --target-time="2024-01-01 12:00:00"
point in time, users | /runbook/point-in-time-recovery/step/5/commands | count(*) FROM auth_user
point in time, bookings | /runbook/point-in-time-recovery/step/5/commands | count(*) FROM booking_booking
point in time, old name | /runbook/point-in-time-recovery/step/6/commands | labitory_prod RENAME TO labitory_old
point in time, new name | /runbook/point-in-time-recovery/step/6/commands | labitory_recovery RENAME TO labitory_prod
point in time, start celery | /runbook/point-in-time-recovery/step/7/commands | systemctl start celery-labitory
point in time, start gunicorn | /runbook/point-in-time-recovery/step/7/commands | systemctl start gunicorn-labitory
full recovery, drop | /runbook/full-recovery/step/1/commands | dropdb labitory_prod
full recovery, create | /runbook/full-recovery/step/1/commands | createdb labitory_prod
full recovery, latest | /runbook/full-recovery/step/2/commands | head -1
full recovery, restore | /runbook/full-recovery/step/2/commands | psql labitory_prod <
full recovery, migrate | /runbook/full-recovery/step/3/commands | manage.py migrate
full recovery, check | /runbook/full-recovery/step/4/commands | manage.py check
web server, symptom | /runbook/web-server/symptoms | HTTP 502/503 errors
web server, symptom | /runbook/web-server/symptoms | Connection timeouts
web server, symptom | /runbook/web-server/symptoms | Load balancer health checks failing
web server 1, status | /runbook/web-server/step/1/commands | systemctl status gunicorn-labitory nginx
web server 1, health | /runbook/web-server/step/1/commands | curl -I http://localhost/health/
web server 2, gunicorn | /runbook/web-server/step/2/commands | restart gunicorn-labitory
web server 2, nginx | /runbook/web-server/step/2/commands | restart nginx
web server 3, journal | /runbook/web-server/step/3/commands | journalctl -u gunicorn-labitory -f --lines=50
web server 3, error log | /runbook/web-server/step/3/commands | /var/log/nginx/error.log
web server 4, nginx | /runbook/web-server/step/4/commands | nginx -t
web server 4, deploy check | /runbook/web-server/step/4/commands | check --deploy
web server 5, checkout | /runbook/web-server/step/5/commands | git checkout HEAD -- /etc/nginx/sites-available/labitory
web server 5, reload | /runbook/web-server/step/5/commands | reload nginx
database server, down | /runbook/database-server/symptoms | Primary database down
database server 1, status | /runbook/database-server/step/1/commands | systemctl status postgresql
database server 1, ready | /runbook/database-server/step/1/commands | pg_isready
database server 2 | /runbook/database-server/step/2/commands | restart postgresql
database server 3 | /runbook/database-server/step/3/commands | journalctl -u postgresql -f --lines=100
database server 4 | /runbook/database-server/step/4/commands | pg_resetwal /var/lib/postgresql/13/main
database server 4, warned | /runbook/database-server/step/4/danger | Last resort
database server 5, stop | /runbook/database-server/step/5/commands | stop postgresql
database server 5, aside | /runbook/database-server/step/5/commands | main.backup
database server 5, initdb | /runbook/database-server/step/5/commands | initdb /var/lib/postgresql/13/main
database server 5, start | /runbook/database-server/step/5/commands | start postgresql
database server 5, restore | /runbook/database-server/step/5/note | restore from the latest backup
redis, down | /runbook/redis/symptoms | Redis server down
redis 1, status | /runbook/redis/step/1/commands | systemctl status redis
redis 1, ping | /runbook/redis/step/1/commands | redis-cli ping
redis 2 | /runbook/redis/step/2/commands | restart redis
redis 3, last save | /runbook/redis/step/3/commands | LASTSAVE
redis 3, save | /runbook/redis/step/3/commands | BGSAVE
redis 4, shell | /runbook/redis/step/4/commands | manage.py shell
redis 4, warm up | /runbook/redis/step/4/note | cache warming scripts
network, outage | /runbook/network/symptoms | Network outage
network 1, ping | /runbook/network/step/1/commands | ping 8.8.8.8
network 1, dig | /runbook/network/step/1/commands | dig yourdomain.com
network 1, nslookup | /runbook/network/step/1/commands | nslookup yourdomain.com
network 2, interfaces | /runbook/network/step/2/commands | ip addr show
network 2, service | /runbook/network/step/2/commands | status networking
network 3 | /runbook/network/step/3/commands | restart networking
network 4, ufw | /runbook/network/step/4/commands | ufw status
network 4, iptables | /runbook/network/step/4/commands | iptables -L
network 5 | /runbook/network/step/5/title | ISP or hosting provider
storage, space | /runbook/storage/symptoms | Disk space issues
storage 1, df | /runbook/storage/step/1/commands | df -h
storage 1, du | /runbook/storage/step/1/commands | du -sh /home/labitory/labitory/*
storage 2, temporary files | /runbook/storage/step/2/commands | find /tmp -type f -mtime +7 -delete
storage 2, docker | /runbook/storage/step/2/commands | docker system prune -f
storage 2, if docker | /runbook/storage/step/2/note | only where Docker is used
storage 3 | /runbook/storage/step/3/commands | logrotate -f /etc/logrotate.d/labitory
storage 4 | /runbook/storage/step/4/commands | -mtime +30 -exec gzip
storage 5 | /runbook/storage/step/5/commands | rsync -av /home/labitory/labitory/backups/ user@backup-server:/backups/
deletion, audit log | /runbook/deleted-data/step/1/commands | INTERVAL '24 hours'
deletion, user data | /runbook/deleted-data/step/2/commands | object_id = 'USER_ID'
deletion 1 | /runbook/deleted-data/step/3/title | point-in-time backup before the deletion
deletion 2 | /runbook/deleted-data/step/4/title | Extract specific records
deletion 3 | /runbook/deleted-data/step/5/title | conflict resolution
corruption 1 | /runbook/corrupted-data/step/1/commands | FROM pg_stat_user_tables
corruption 2, shell | /runbook/corrupted-data/step/2/commands | manage.py shell
corruption 2, checks | /runbook/corrupted-data/step/2/note | data integrity checks
corruption 3, dump | /runbook/corrupted-data/step/3/commands | --table=corrupted_table
corruption 3, drop | /runbook/corrupted-data/step/4/commands | DROP TABLE corrupted_table CASCADE
corruption 3, restore | /runbook/corrupted-data/step/5/commands | clean_table_backup.sql
configuration 1 | /runbook/configuration/step/1/commands | .env.corrupted
configuration 2, stash | /runbook/configuration/step/2/commands | git stash
configuration 2, checkout | /runbook/configuration/step/2/commands | git checkout HEAD -- .env.example
configuration 2, by hand | /runbook/configuration/step/2/note | by hand from backup
configuration 3 | /runbook/configuration/step/3/commands | check --deploy
configuration 4 | /runbook/configuration/step/4/commands | restart gunicorn-labitory celery-labitory
"#;
