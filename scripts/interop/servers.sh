# What starts each server for scripts/interop/run. Every function sets the
# variables that the interop tests read, and adds to pids.

# retry calls a function up to three times: a port that was free may be taken
# by the time the server wants it.
retry() {
  for _ in 1 2 3; do
    if "$@"; then return 0; fi
    echo "$1 failed; trying other ports" >&2
  done
  return 1
}

# free_port prints a port below those that the kernel gives to clients.
free_port() {
  local port
  while :; do
    port=$((10000 + RANDOM % 20000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
}

# wait_port waits until something listens, at most ten seconds.
wait_port() {
  for _ in $(seq 100); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return 0; fi
    sleep 0.1
  done
  echo "$2 did not start" >&2
  return 1
}

make_certificate() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
    -keyout "$1/key.pem" -out "$1/cert.pem" 2>/dev/null
}

start_sshd() {
  local dir=$1 user=$2 port
  port=$(free_port)
  mkdir -p "$dir/ssh" /run/sshd
  rm -f "$dir/ssh/host"* "$dir/ssh/id"*
  ssh-keygen -q -t ed25519 -N '' -f "$dir/ssh/host"
  ssh-keygen -q -t ed25519 -N '' -f "$dir/ssh/id"
  cat >"$dir/ssh/config" <<CONF
ListenAddress 127.0.0.1
Port $port
HostKey $dir/ssh/host
PidFile none
AuthorizedKeysFile $dir/ssh/id.pub
StrictModes no
UsePAM no
PasswordAuthentication no
Subsystem sftp internal-sftp
CONF
  /usr/sbin/sshd -D -e -f "$dir/ssh/config" 2>"$dir/ssh/log" &
  pids+=($!)
  wait_port "$port" sshd || { cat "$dir/ssh/log" >&2; return 1; }
  printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d' ' -f1,2 "$dir/ssh/host.pub")" >"$dir/ssh/known_hosts"
  export GSCRIPT_SSHD_ADDR=127.0.0.1:$port GSCRIPT_SSHD_USER=$user
  export GSCRIPT_SSHD_KEY=$dir/ssh/id GSCRIPT_SSHD_KNOWN_HOSTS=$dir/ssh/known_hosts
}

start_vsftpd() {
  local dir=$1 user=$2 password=$3 port
  port=$(free_port)
  mkdir -p "$dir/empty"
  cat >"$dir/vsftpd.conf" <<CONF
listen=YES
listen_address=127.0.0.1
listen_port=$port
background=NO
anonymous_enable=NO
local_enable=YES
write_enable=YES
chroot_local_user=YES
allow_writeable_chroot=YES
secure_chroot_dir=$dir/empty
seccomp_sandbox=NO
pam_service_name=vsftpd
ssl_enable=YES
allow_anon_ssl=NO
force_local_data_ssl=YES
force_local_logins_ssl=YES
require_ssl_reuse=YES
ssl_ciphers=HIGH
rsa_cert_file=$dir/cert.pem
rsa_private_key_file=$dir/key.pem
CONF
  /usr/sbin/vsftpd "$dir/vsftpd.conf" &
  pids+=($!)
  wait_port "$port" vsftpd || return 1
  export GSCRIPT_FTP_ADDR=127.0.0.1:$port GSCRIPT_FTP_USER=$user
  export GSCRIPT_FTP_PASSWORD=$password GSCRIPT_FTP_CA=$dir/cert.pem
}

start_postfix() {
  local dir=$1 user=$2 home=$3 port etc=$1/postfix/etc
  port=$(free_port)
  mkdir -p "$etc" "$dir/postfix/spool" "$dir/postfix/data"
  chown postfix "$dir/postfix/data"
  cp /usr/share/postfix/master.cf.dist "$etc/master.cf"
  sed -i -e "s/^smtp  *inet .*/127.0.0.1:$port inet n - n - - smtpd/" -e 's/^\([a-z]*  *[a-z]*  *[-yn]*  *[-yn]*  *\)y /\1n /' "$etc/master.cf"
  cat >"$etc/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $dir/postfix/spool
data_directory = $dir/postfix/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = interop.localhost
mydestination = interop.localhost
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 192.0.2.0/24
smtpd_relay_restrictions = reject_unauth_destination
local_recipient_maps = unix:passwd.byname
unknown_local_recipient_reject_code = 550
alias_maps =
home_mailbox = Maildir/
smtpd_tls_cert_file = $dir/cert.pem
smtpd_tls_key_file = $dir/key.pem
smtpd_tls_security_level = encrypt
smtputf8_enable = no
maillog_file = $dir/postfix/log
maillog_file_prefixes = $dir
CONF
  postfix -c "$etc" start >/dev/null 2>"$dir/postfix/start.log" || { cat "$dir/postfix/start.log" >&2; return 1; }
  if ! wait_port "$port" postfix; then
    cat "$dir/postfix/log" >&2
    postfix -c "$etc" stop >/dev/null 2>&1
    return 1
  fi
  export GSCRIPT_SMTP_ADDR=127.0.0.1:$port GSCRIPT_SMTP_CA=$dir/cert.pem
  export GSCRIPT_SMTP_MAILDIR=$home/Maildir GSCRIPT_SMTP_RCPT=$user@interop.localhost
}

start_nginx() {
  local dir=$1 port tls
  port=$(free_port)
  tls=$(free_port)
  mkdir -p "$dir/www/tmp"
  head -c 20000000 /dev/urandom >"$dir/www/big.bin"
  echo hello >"$dir/www/hello.txt"
  chmod -R a+rX "$dir/www"
  cat >"$dir/nginx.conf" <<CONF
daemon off;
pid $dir/nginx.pid;
error_log $dir/nginx.log;
events {}
http {
  access_log off;
  types { text/plain txt; application/octet-stream bin; }
  client_body_temp_path $dir/www/tmp;
  gzip on;
  gzip_min_length 1;
  gzip_types text/plain;
  server {
    listen 127.0.0.1:$port;
    listen 127.0.0.1:$tls ssl http2;
    ssl_certificate $dir/cert.pem;
    ssl_certificate_key $dir/key.pem;
    root $dir/www;
    location /moved { return 302 /hello.txt; }
    location /secure { return 301 https://127.0.0.1:$tls/hello.txt; }
    location /missing { return 404; }
  }
}
CONF
  nginx -c "$dir/nginx.conf" 2>>"$dir/nginx.log" &
  pids+=($!)
  if ! wait_port "$port" nginx; then
    cat "$dir/nginx.log" >&2
    kill "$!" 2>/dev/null
    return 1
  fi
  export GSCRIPT_NGINX_URL=http://127.0.0.1:$port GSCRIPT_NGINX_TLS_URL=https://127.0.0.1:$tls
  export GSCRIPT_NGINX_CA=$dir/cert.pem GSCRIPT_NGINX_ROOT=$dir/www
}
