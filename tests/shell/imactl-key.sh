#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# imactl key: what it makes is what openssl reads, in both directions; its messages; what key check says of the
# certificates of tests/lib/pki, none of which imactl made.
# shellcheck source=tests/lib/imactl.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/imactl.sh"

key() { imactl key "$@"; }

# ---- made by us, read by openssl -------------------------------------------------------------

for algorithm in rsa2048 rsa3072 rsa4096 p256 p384; do
	good "ca $algorithm" key ca --algorithm $algorithm --cn "CA $algorithm" --key ca-$algorithm.key --out ca-$algorithm.der
	good "request $algorithm" key request --algorithm $algorithm --subject "/O=Org/CN=signer $algorithm" \
		--key $algorithm.key --out $algorithm.csr
	good "issue $algorithm" key issue --issuer ca-$algorithm.der --issuer-key ca-$algorithm.key $algorithm.csr --out $algorithm.der
	good "openssl verifies $algorithm" openssl verify -x509_strict -CAfile <(openssl x509 -inform DER -in ca-$algorithm.der) \
		<(openssl x509 -inform DER -in $algorithm.der)
	same "mode of $algorithm.key" "$(stat -c %a $algorithm.key)" 600
	same "openssl reads $algorithm.key" "$(openssl pkey -in $algorithm.key -pubout)" \
		"$(openssl x509 -inform DER -in $algorithm.der -noout -pubkey)"
done
text() { openssl x509 -inform DER -in "$1" -noout -ext "$2" 2> /dev/null | tr -s ' \n' ' ' | sed 's/ $//'; }
same "CA: constraints" "$(text ca-rsa2048.der basicConstraints)" "X509v3 Basic Constraints: critical CA:TRUE"
same "CA: usage" "$(text ca-rsa2048.der keyUsage)" "X509v3 Key Usage: critical Certificate Sign, CRL Sign"
same "signer: constraints" "$(text rsa2048.der basicConstraints)" "X509v3 Basic Constraints: critical CA:FALSE"
same "signer: usage" "$(text rsa2048.der keyUsage)" "X509v3 Key Usage: critical Digital Signature"
same "signer: no extended usage" "$(text rsa2048.der extendedKeyUsage)" ""
same "signer: its issuer's id" "$(text rsa2048.der authorityKeyIdentifier | sed 's/.*: //')" \
	"$(text ca-rsa2048.der subjectKeyIdentifier | sed 's/.*: //')"
same "CA: its own id" "$(text ca-rsa2048.der authorityKeyIdentifier | sed 's/.*: //')" \
	"$(text ca-rsa2048.der subjectKeyIdentifier | sed 's/.*: //')"
serial=$(openssl x509 -inform DER -in rsa2048.der -noout -serial)
same "serial of 128 bits" "${#serial}" $((7 + 32))
same "dates" "$(($(date -d "$(openssl x509 -inform DER -in rsa2048.der -noout -enddate | cut -d= -f2)" +%s) - \
	$(date -d "$(openssl x509 -inform DER -in rsa2048.der -noout -startdate | cut -d= -f2)" +%s)))" $((1825 * 86400))
good "days" key ca --cn x --algorithm p256 --key days.key --out days.der --days 36500
good "a date after 2050 is read" openssl x509 -inform DER -in days.der -noout -checkend $((36499 * 86400))

# Intermediates, both ways.
good "request of an intermediate" key request --algorithm p256 --cn "intermediate" --key sub.key --out sub.csr
good "issue --ca" key issue --ca --issuer ca-rsa2048.der --issuer-key ca-rsa2048.key sub.csr --out sub.der --hash sha384
good "signer of the intermediate" key issue --issuer sub.der --issuer-key sub.key p384.csr --out by-sub.pem --pem
good "openssl verifies the chain" openssl verify -x509_strict -CAfile <(openssl x509 -inform DER -in ca-rsa2048.der) \
	-untrusted <(openssl x509 -inform DER -in sub.der) by-sub.pem
good "openssl issues our request" openssl x509 -req -in p256.csr -CA "$PKI/ca.pem" -CAkey "$PKI/ca.key" -set_serial 7 -out foreign.pem
openssl req -new -batch -config <(printf '[req]\ndistinguished_name=dn\n[dn]\n') -subj /CN=foreign -key "$PKI/p256.key" -outform DER -out foreign.csr
good "we issue openssl's request, in DER" key issue --issuer "$PKI/ca.pem" --issuer-key "$PKI/ca.key" foreign.csr --out foreign.der
good "openssl verifies it" openssl verify -CAfile "$PKI/ca.pem" <(openssl x509 -inform DER -in foreign.der)
good "another subject" key issue --issuer "$PKI/ca.pem" --issuer-key "$PKI/ca.key" foreign.csr --out renamed.der --subject '/O=A\/B/CN=Grüße'
same "with a slash and umlauts" "$(openssl x509 -inform DER -in renamed.der -noout -subject -nameopt utf8)" "subject=O=A/B, CN=Grüße"
openssl pkcs8 -topk8 -nocrypt -in ca-p256.key -outform DER -out ca-p256.key.der
good "a key in DER" key ca --cn again --key ca-p256.key.der --out again.der
same "is used as it is" "$(head -n 1 <<< "$output")" "ca-p256.key.der: the private key, used as it is"

# ---- pass phrases ----------------------------------------------------------------------------

echo 'correct horse' > phrase
echo 'wrong' > wrong
good "encrypted key" key request --algorithm p256 --cn s --key enc.key --out enc.csr --encrypt --passphrase-file phrase
same "it is encrypted" "$(head -n 1 enc.key)" "-----BEGIN ENCRYPTED PRIVATE ""KEY-----"
good "openssl decrypts it" openssl pkey -in enc.key -passin file:phrase -noout
good "from a descriptor" bash -c "exec 5< phrase; '$build/imactl' key request --cn s --key enc.key --out enc2.csr --passphrase-fd 5"
cp phrase phrase2
openssl pkcs8 -topk8 -in enc.key -passin file:phrase -passout file:phrase2 -outform DER -out enc.der
good "encrypted DER" key request --cn s --key enc.der --out enc3.csr --passphrase-file phrase
openssl ec -aes128 -in "$PKI/p256.key" -passout file:phrase -out old.key 2> /dev/null
good "encrypted in the old form of PEM" key request --cn s --key old.key --out enc4.csr --passphrase-file phrase
says "a pass phrase that others can read" 0 "imactl key: phrase: all users of this machine can read this pass phrase; chmod 600 it" \
	key request --cn s --key enc.key --out warned.csr --passphrase-file phrase
chmod 602 phrase
says "or change" 0 "imactl key: phrase: all users of this machine can change this pass phrase; chmod 600 it" \
	key request --cn s --key enc.key --out warned.csr --force --passphrase-file phrase
chmod 600 phrase
cp "$PKI/p256.key" public.key
chmod 644 public.key
chmod 644 enc.key
says "a key that others can read" 0 "imactl key: public.key: all users of this machine can read this private key; chmod 600 it" \
	key request --cn s --key public.key --out warned.csr --force
silent "one that is encrypted is of no use to them" 0 "imactl key:" key request --cn s --key enc.key --out warned.csr --force --passphrase-file phrase
chmod 600 enc.key public.key
silent "one's own" 0 "imactl key:" key request --cn s --key public.key --out warned.csr --force
# A process with a pass phrase leaves no core, and is not for others to look into.
mkfifo slow
"$build/imactl" key request --cn s --key enc.key --out held.csr --passphrase-file slow > /dev/null 2>&1 &
sleep 0.3
same "no core dump" "$(awk '/Max core file size/ { print $5, $6 }' /proc/$!/limits)" "0 0"
cat phrase > slow
wait $!
same "and it goes on" $? 0
setpriv --reuid 65534 --clear-groups true 2> /dev/null && {
	chmod 711 .
	chmod 644 enc.key
	setpriv --reuid 65534 --clear-groups "$build/imactl" key request --cn s --key enc.key --out /dev/null --passphrase-file slow > /dev/null 2>&1 &
	sleep 0.3
	same "its memory is root's alone" "$(stat -c %u /proc/$!/mem)" 0
	kill $!
	wait $!
	chmod 600 enc.key
}

# ---- keys as other programs leave them ---------------------------------------------------------

openssl ecparam -name prime256v1 -genkey -out parameters.key
same "parameters come first" "$(head -n 1 parameters.key)" "-----BEGIN EC PARAMETERS-----"
good "a key behind its parameters" key request --cn s --key parameters.key --out p1.csr
same "is that key" "$(openssl req -in p1.csr -noout -pubkey)" "$(openssl pkey -in parameters.key -pubout)"
cat "$PKI/p256.pem" "$PKI/p256.key" > both.pem
good "a key behind its certificate" key request --cn s --key both.pem --out p2.csr
same "is that key" "$(openssl req -in p2.csr -noout -pubkey)" "$(openssl pkey -in "$PKI/p256.key" -pubout)"
openssl pkcs12 -export -in "$PKI/p256.pem" -inkey "$PKI/p256.key" -passout file:phrase -out bag.p12
says "PKCS#12" 1 "imactl key: bag.p12: is a PKCS#12 file, and a private key in PEM or DER is wanted; take the key out of it: openssl pkcs12 -in bag.p12 -nocerts -out KEY" \
	key request --cn s --key bag.p12 --out x.csr
openssl pkcs12 -in bag.p12 -passin file:phrase -nocerts -passout file:phrase2 -out bag.key
good "what that command leaves, with what it says of the key before it" key request --cn s --key bag.key --out p3.csr --passphrase-file phrase
good "a key from a pipe" bash -c "'$build/imactl' key request --cn s --key <(cat '$PKI/p256.key') --out p4.csr"
same "is that key" "$(openssl req -in p4.csr -noout -pubkey)" "$(openssl pkey -in "$PKI/p256.key" -pubout)"
good "from standard input" bash -c "cat '$PKI/p256.key' | '$build/imactl' key request --cn s --key /dev/stdin --out p5.csr"
good "from a file there" bash -c "'$build/imactl' key request --cn s --key /dev/stdin --out p6.csr < '$PKI/p256.key'"
says "nothing in a pipe" 1 "imactl key: /dev/stdin: is empty" bash -c ": | '$build/imactl' key request --cn s --key /dev/stdin --out x.csr"
says "no end of it" 1 "imactl key: /dev/zero: is larger than 64 KiB, the most that is read; check that it is the right file" key request --cn s --key /dev/zero --out x.csr
says "a folder" 1 "imactl key: .: is a directory, not a regular file; name a regular file" key request --cn s --key . --out x.csr

# ---- what fails with pass phrases --------------------------------------------------------------

says "wrong pass phrase" 1 "imactl key: enc.key: the pass phrase is wrong, or the key is damaged; try the pass phrase again" \
	key request --cn s --key enc.key --out x.csr --passphrase-file wrong
says "no terminal" 1 "imactl key: enc.key: needs a pass phrase, and there is no terminal to ask for it; use --passphrase-file or --passphrase-fd" \
	setsid "$build/imactl" key request --cn s --key enc.key --out x.csr
says "no pass phrase file" 1 "imactl key: enc.key: the pass phrase file 'nowhere' cannot be opened: No such file or directory" \
	key request --cn s --key enc.key --out x.csr --passphrase-file nowhere
: > empty
says "empty pass phrase" 1 "imactl key: enc.key: there is no pass phrase in empty: its first line is empty" \
	key request --cn s --key enc.key --out x.csr --passphrase-file empty
says "descriptor that is not one" 1 "imactl key: enc.key: --passphrase-fd 'x' is not the number of a descriptor" \
	key request --cn s --key enc.key --out x.csr --passphrase-fd x
says "descriptor that is closed" 1 "imactl key: enc.key: the pass phrase in descriptor 77 cannot be read: Bad file descriptor" \
	key request --cn s --key enc.key --out x.csr --passphrase-fd 77
echo abc > short
says "short pass phrase" 1 "imactl key: new.key: its pass phrase is shorter than 4 bytes; choose a longer one" \
	key request --cn s --key new.key --out x.csr --encrypt --passphrase-file short
head -c 2000 /dev/zero | tr '\0' a > long
says "long pass phrase" 1 "imactl key: new.key: the pass phrase in long has more than 1023 bytes, the most that is taken" \
	key request --cn s --key new.key --out x.csr --encrypt --passphrase-file long
says "pass phrase without --encrypt" 2 "imactl key: request: 'new.key' is a new key, and a pass phrase is only for --encrypt" \
	key request --cn s --key new.key --out x.csr --passphrase-file phrase
same "nothing was left behind" "$(ls new.key* x.csr* 2> /dev/null)" ""
# On a terminal it asks, twice for a new key, and does not show what is typed.
cat > terminal.py <<'END'
import os, pty, sys, time
answers = [b"battery staple\n", b"battery staple\n"]
def read(fd):
    data = os.read(fd, 4096)
    if b"ass phrase of" in data and answers or b"Verifying" in data and answers:
        time.sleep(0.3) # the prompt comes before the echo is off
        os.write(fd, answers.pop(0))
    return data
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:], read)))
END
silent "a prompt" 0 "battery" python3 terminal.py "$build/imactl" key request --algorithm p256 --cn s --key tty.key --out tty.csr --encrypt
good "what was typed" openssl pkey -in tty.key -passin 'pass:battery staple' -noout

good "asked again for the key" python3 terminal.py "$build/imactl" key request --cn s --key tty.key --out tty2.csr

# ---- nothing is overwritten, and other refusals ----------------------------------------------

before=$(sha256sum rsa2048.der)
says "--out is there" 1 "imactl key: rsa2048.der: is there already, and nothing is overwritten; name another file, or use --force" \
	key issue --issuer ca-rsa2048.der --issuer-key ca-rsa2048.key rsa2048.csr --out rsa2048.der
same "it is as it was" "$(sha256sum rsa2048.der)" "$before"
good "--force" key issue --issuer ca-rsa2048.der --issuer-key ca-rsa2048.key rsa2048.csr --out rsa2048.der --force
same "now it is another" "$(sha256sum rsa2048.der | grep -c "${before%% *}")" 0
same "no temporary file" "$(find . -name '.imactl-*')" ""
says "a key is never replaced" 1 "imactl key: ca-p256.key: is there already, a key of p256 and not of rsa2048; name another file, or leave --algorithm out" \
	key ca --cn x --key ca-p256.key --algorithm rsa2048 --out x.der --force
says "nor encrypted" 1 "imactl key: ca-p256.key: is there already, and --encrypt is for a new key; name another file, or leave --encrypt out" \
	key ca --cn x --key ca-p256.key --encrypt --out x.der --passphrase-file phrase
ln ca-p256.key hard.key
for out in ca-p256.key ./ca-p256.key hard.key; do
	says "--out $out is the key" 2 "imactl key: ca: --out '$out' is the private key; name another file" \
		key ca --cn x --key ca-p256.key --out $out --force
	says "--out $out is the issuer's key" 2 "imactl key: issue: --out '$out' is the private key; name another file" \
		key issue --issuer ca-p256.der --issuer-key ca-p256.key p256.csr --out $out --force
done
for input in 'ca-p256.der the issuer'"'"'s certificate' 'p256.csr the request' 'phrase the file of the pass phrase'; do
	cp "${input%% *}" before
	says "--out is ${input#* }" 2 "imactl key: issue: --out '${input%% *}' is ${input#* }; name another file" \
		key issue --issuer ca-p256.der --issuer-key ca-p256.key --passphrase-file phrase p256.csr --out "${input%% *}" --force
	good "which is as it was" cmp "${input%% *}" before
done
ln -s rsa2048.der link.der
says "--out is a link" 1 "imactl key: link.der: is a symbolic link, and neither it nor another's file is replaced; name the file that it leads to, or remove the link" \
	key issue --issuer ca-p256.der --issuer-key ca-p256.key p256.csr --out link.der --force
name=$(printf '%0256d' 0)
says "--out with a name that is too long" 1 "imactl key: $name: cannot be written: File name too long" key ca --cn x --key new.key --out "$name"
same "no key was made for it" "$(ls new.key 2> /dev/null)" ""
says "--out is the new key" 2 "imactl key: ca: --out 'new.key' is the private key; name another file" key ca --cn x --key new.key --out new.key
says "key and certificate of two CAs" 1 "imactl key: ca-p256.key: is not the private key of the certificate 'ca-rsa2048.der'; name the key and the certificate of the same CA" \
	key issue --issuer ca-rsa2048.der --issuer-key ca-p256.key rsa2048.csr --out x.der
says "issuer that is no CA" 1 "imactl key: rsa2048.der: is not a CA; name the certificate of a CA; 'imactl key ca' makes one" \
	key issue --issuer rsa2048.der --issuer-key rsa2048.key p256.csr --out x.der
says "certificate as a key" 1 "imactl key: $PKI/ca.pem: is a certificate, and a private key is wanted; name the file of the private key" \
	key issue --issuer "$PKI/ca.pem" --issuer-key "$PKI/ca.pem" p256.csr --out x.der
says "key as a certificate" 1 "imactl key: rsa2048.key: is a private key, and a certificate is wanted; name the file of the certificate" \
	key issue --issuer rsa2048.key --issuer-key rsa2048.key p256.csr --out x.der
says "request as a certificate" 1 "imactl key: p256.csr: is a request, and a certificate is wanted; issue the certificate first: imactl key issue" \
	key show p256.csr
says "certificate as a request" 1 "imactl key: $PKI/ca.pem: is not a certificate request in PEM or DER, or is damaged (no start line); make one: imactl key request" \
	key issue --issuer "$PKI/ca.pem" --issuer-key "$PKI/ca.key" "$PKI/ca.pem" --out x.der
openssl req -in p256.csr -outform DER -out changed.csr
printf '\x41' | dd of=changed.csr bs=1 seek="$(grep -abo signer changed.csr | cut -d: -f1)" conv=notrunc status=none
says "request that was changed" 1 "imactl key: changed.csr: the request is not signed with its own key: it was changed or damaged; ask for it again" \
	key issue --issuer "$PKI/ca.pem" --issuer-key "$PKI/ca.key" changed.csr --out x.der
openssl req -new -batch -config <(printf '[req]\ndistinguished_name=dn\n[dn]\n') -subj /CN=x -key "$PKI/ed25519.key" -out ed25519.csr
says "key that IMA cannot use" 1 "imactl key: ed25519.csr: its key is ED25519-256, which IMA cannot be relied on to verify; use one of rsa2048, rsa3072, rsa4096, p256, p384" \
	key issue --issuer "$PKI/ca.pem" --issuer-key "$PKI/ca.key" ed25519.csr --out x.der
# Keys as other programs may write them, and kernels cannot use them. What is made here of them is written as kernels want it.
config='[req]
distinguished_name=dn
[dn]
[v3]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
subjectKeyIdentifier=hash'
convert="convert the key, and make this again of it: openssl ec -param_enc named_curve -conv_form uncompressed"
explicit="its curve is given by parameters, and the kernel knows curves by their names alone"
compressed="its point is compressed, and the kernel verifies nothing with such a key"
odd="its key is of RSA, of a size with which the kernel verifies nothing (2048, 3072 and 4096 bits are right)"
for name in explicit compressed odd; do
	openssl req -new -batch -config <(echo "$config") -subj /CN=$name -key "$PKI/$name.key" -out $name.csr
done
for name in explicit compressed; do
	says "request with a key that is $name" 1 "imactl key: $name.csr: ${!name}; $convert" \
		key issue --issuer "$PKI/ca.pem" --issuer-key "$PKI/ca.key" $name.csr --out x.der
	good "a request of ours with it" key request --cn $name --key "$PKI/$name.key" --out ours.csr
	good "is issued" key issue --issuer "$PKI/ca.pem" --issuer-key "$PKI/ca.key" ours.csr --out ours-$name.der
	good "a CA of ours with it" key ca --cn $name --key "$PKI/$name.key" --out ours-ca.der
	good "kernels take both" key check --kernel rhel --trusted "$PKI/ca.der" --trusted ours-ca.der ours-$name.der ours-ca.der
	same "with the same key" "$(openssl x509 -inform DER -in ours-$name.der -noout -pubkey)" \
		"$(openssl pkey -in "$PKI/$name.key" -ec_param_enc named_curve -ec_conv_form uncompressed -pubout)"
	rm ours.csr ours-ca.der
done
says "a request with an odd key" 1 "imactl key: odd.csr: its key is RSA-2432, which IMA cannot be relied on to verify; use one of rsa2048, rsa3072, rsa4096, p256, p384" \
	key issue --issuer "$PKI/ca.pem" --issuer-key "$PKI/ca.key" odd.csr --out x.der
openssl req -new -x509 -batch -config <(sed "s/CA:FALSE/CA:TRUE/; s/digitalSignature/keyCertSign/" <<< "$config") -extensions v3 -subj /CN=ca -key "$PKI/explicit.key" -outform DER -out explicit-ca.der
says "an issuer with an explicit key" 1 "imactl key: explicit-ca.der: $explicit; $convert" \
	key issue --issuer explicit-ca.der --issuer-key "$PKI/explicit.key" p256.csr --out x.der
openssl req -new -batch -config <(printf '[req]\ndistinguished_name=dn\n[dn]\n') -subj / -key "$PKI/p256.key" -out nameless.csr
says "request without a subject" 1 "imactl key: nameless.csr: the request has no subject; give one: --subject or --cn" \
	key issue --issuer "$PKI/ca.pem" --issuer-key "$PKI/ca.key" nameless.csr --out x.der
says "algorithm" 1 "imactl key: new.key: 'dsa' is no algorithm for a key; use one of rsa2048, rsa3072, rsa4096, p256, p384" \
	key ca --cn x --key new.key --algorithm dsa --out x.der
says "days" 2 "imactl key: ca: --days '0' is not a number from 1 to 36500" key ca --cn x --key new.key --out x.der --days 0
says "hash" 2 "imactl key: ca: --hash 'sha1' is none of sha256, sha384, sha512" key ca --cn x --key new.key --out x.der --hash sha1
says "subject" 1 "imactl key: ca: 'CN=x' is not a subject; write it as /O=ORGANIZATION/CN=NAME" \
	key ca --subject CN=x --algorithm p256 --key new.key --out x.der
same "is known before the key is made" "$(ls new.key 2> /dev/null)" ""
says "subject of a request" 1 "imactl key: request: the subject's field 'C' cannot be 'Germany': string too long; write it as /O=ORGANIZATION/CN=NAME, in UTF-8, a name of at most 64 characters" \
	key request --subject /C=Germany/CN=x --algorithm p256 --key new.key --out x.csr
for verb in ca request; do
	silent "a PIN in a URI is refused and not repeated" 2 1234 key $verb --cn x --key 'pkcs11:token=lab;object=k?pin-value=1234' --out x.der
	says "and said" 2 "imactl key: $verb: the key's URI has a PIN (pin-value), which all users can see; leave it out, and use --passphrase-file" \
		key $verb --cn x --key 'pkcs11:token=lab;object=k?pin-source=x&pin-value=1234' --out x.der
done
says "an issuer's too" 2 "imactl key: issue: the key's URI has a PIN (pin-value), which all users can see; leave it out, and use --passphrase-file" \
	key issue --issuer ca-p256.der --issuer-key 'pkcs11:pin-value=1234' p256.csr --out x.der
says "no name" 2 "imactl key: ca: a name is missing; give --cn NAME or --subject /O=ORGANIZATION/CN=NAME" key ca --key new.key --out x.der
says "no key" 2 "imactl key: ca: --key is missing; see 'imactl key ca --help'" key ca --cn x --out x.der
says "no issuer" 2 "imactl key: issue: --issuer is missing; see 'imactl key issue --help'" key issue p256.csr --out x.der
says "no verb" 2 "imactl key: a verb is missing; see 'imactl key help'" key
says "no such folder" 1 "imactl key: no/where.key: cannot be written: No such file or directory" \
	key ca --cn x --algorithm p256 --key no/where.key --out x.der
same "nothing was made" "$(ls x.der x.csr 2> /dev/null)" ""

# ---- show ------------------------------------------------------------------------------------

good "show" key show "$PKI/rsa2048.der"
for field in subject issuer; do
	same "show: $field" "$(sed -n "s/^  $field: *//p" <<< "$output")" \
		"$(openssl x509 -in "$PKI/rsa2048.pem" -noout -$field -nameopt oneline,-space_eq | sed "s/^$field=//")"
done
id=$(openssl x509 -in "$PKI/rsa2048.pem" -noout -ext subjectKeyIdentifier | tail -n 1 | tr -d ' :' | tr A-F a-f)
same "show: the kernel's name" "$(sed -n 's/^  in the kernel: *//p' <<< "$output")" "imaboot test rsa2048: $id"
same "show: the id in signatures" "$(sed -n 's/^  in signatures: *//p' <<< "$output")" "${id: -8}"
good "show --json" key show --json "$PKI"/{ca,p256,no-ski,expired}.pem "$PKI/bad-trailing.der"
same "JSON" "$(jq -r '[.[] | .ca, .signature_id == null, .trailing_bytes] | map(tostring) | join(" ")' <<< "$output")" \
	"true false 0 false false 0 false true 0 false false 0 false false 9"
says "show of what is not there" 1 "imactl key: nowhere: there is no such file" key show nowhere
says "show of a folder" 1 "imactl key: .: is a directory, not a regular file; name a regular file" key show .
says "show of nothing" 1 "imactl key: empty: is empty" key show empty
truncate -s 70000 large
says "show of something large" 1 "imactl key: large: is larger than 64 KiB, the most that is read; check that it is the right file" key show large
for name in truncated random; do
	says "show of bad-$name" 1 "imactl key: $PKI/bad-$name.der: is not a certificate in DER or PEM, or is damaged; name the file of the certificate" \
		key show "$PKI/bad-$name.der"
done
cat "$PKI/ca.pem" "$PKI/ca2.pem" > two.pem
says "two certificates" 1 "imactl key: two.pem: holds more than one certificate; put each into a file of its own" key show two.pem

# ---- check: as the kernels did in tests/premise ----------------------------------------------

# verdicts NAME... : the errno (or the answer) for .ima before 6.6, from 6.6 on, _ima, .secondary_trusted_keys
verdicts() {
	local wanted=$1 name=$2 args=("$PKI/$2.der")
	shift 2
	args+=("$@")
	same "check $name" "$(key check --json --trusted "$PKI/ca.der" "${args[@]}" 2> /dev/null |
		jq -r '.[0].keyrings | map(.error // .answer) | join(" ")')" "$wanted"
}
for name in rsa2048 rsa4096 p256 p384 expired future; do
	verdicts "taken taken taken taken" $name
done
verdicts "ENOKEY ENOKEY taken ENOKEY" by-ca2
verdicts "taken taken taken taken" by-ca2 "$PKI/ca2.der"
verdicts "taken taken taken taken" by-ca3 "$PKI/ca3.der" "$PKI/ca2.der"
verdicts "ENOKEY ENOKEY taken ENOKEY" by-ca3 "$PKI/ca3.der"
verdicts "taken ENOKEY taken taken" ca
verdicts "taken ENOKEY taken taken" ca2
verdicts "ENOKEY ENOKEY taken ENOKEY" stranger
verdicts "ENOKEY ENOKEY taken ENOKEY" by-rogue
verdicts "EKEYREJECTED EKEYREJECTED taken EKEYREJECTED" by-rogue-name
verdicts "EKEYREJECTED ENOKEY taken EKEYREJECTED" rogue-ca
for name in no-ds no-usage is-ca; do
	verdicts "taken ENOKEY taken taken" $name
done
for name in no-ski bad-trailing; do
	verdicts "taken taken taken taken" $name
done
verdicts "EBADMSG EBADMSG EBADMSG EBADMSG" bad-pem
for name in bad-body bad-signature; do
	verdicts "EKEYREJECTED EKEYREJECTED taken EKEYREJECTED" $name
done
# A self-signed certificate is verified as soon as it is read, whatever the keyring.
cp "$PKI/ca.der" damaged.der
printf '\x01\x02' | dd of=damaged.der bs=1 seek=$(($(stat -c %s damaged.der) - 20)) conv=notrunc status=none
same "check damaged" "$(key check --json damaged.der | jq -r '.[0].keyrings | map(.error) | unique | join(" ")')" "EKEYREJECTED"
for name in sha3 p521 ed25519; do
	verdicts "ENOPKG ENOPKG ENOPKG ENOPKG" $name
done
verdicts "EBADMSG EBADMSG EBADMSG EBADMSG" explicit
verdicts "refused refused refused refused" compressed
verdicts "refused refused refused refused" odd
says "check explicit" 1 "* _ima                     refused (EBADMSG): $explicit" key check "$PKI/explicit.der"
says "check compressed" 1 "* _ima                     refused: $compressed" key check "$PKI/compressed.der"
says "check odd" 1 "* _ima                     refused: $odd" key check "$PKI/odd.der"
openssl req -new -x509 -batch -config <(echo "$config") -extensions v3 -subj /CN=odd -key "$PKI/odd.key" -outform DER -out self-odd.der
says "self-signed it is not even taken" 1 "* _ima                     refused (EINVAL): $odd" key check self-odd.der
openssl genrsa -out 2047.key 2047 2> /dev/null
openssl req -new -x509 -batch -config <(echo "$config") -extensions v3 -subj /CN=2047 -key 2047.key -outform DER -out 2047.der
good "bits are rounded up to bytes" key check --kernel debian 2047.der
warns() {
	says "check warns of $1" "$2" "  warning: $3" key check "$PKI/$1.der" --trusted "$PKI/ca.der"
}
warns expired 0 "it has expired; kernels do not look at dates, other programs do"
warns future 0 "it is not valid yet; kernels do not look at dates, other programs do"
warns no-ski 0 "it has no subjectKeyIdentifier: no signature made with evmctl or imactl finds it; issue it again with one: imactl key issue"
warns bad-trailing 0 "9 bytes follow the certificate; kernels take it, imaboot refuses it; write it again: openssl x509 -inform DER -outform DER"
warns bad-pem 1 "it is PEM; convert it: openssl x509 -outform DER"
warns p256 0 "Debian's kernel 6.1 has no ECDSA: it verifies nothing with this key"
says "check: chain" 0 "  chain: O=imaboot, CN=imaboot test rsa2048 <- O=imaboot, CN=imaboot test root CA (trusted)" \
	key check "$PKI/rsa2048.der" --trusted "$PKI/ca.der"
good "check: debian asks for no issuer" key check --kernel debian "$PKI/stranger.der"
bad "check: rhel does" key check --kernel rhel "$PKI/stranger.der"
good "check: 6.3 minds no usage" key check --kernel 6.3.1 "$PKI/no-ds.der" --trusted "$PKI/ca.der"
bad "check: 6.6 does" key check --kernel 6.6.0-1-amd64 "$PKI/no-ds.der" --trusted "$PKI/ca.der"
bad "check: rhel too" key check --kernel rhel "$PKI/no-ds.der" --trusted "$PKI/ca.der"
says "check: kernel" 2 "imactl key: check: --kernel 'new' is none of debian, rhel, or a version such as 6.12" key check --kernel new "$PKI/ca.der"
bad "check: a trusted file that is none" key check "$PKI/ca.der" --trusted nowhere
# The commands of keys/README.md, with the templates beside it.
mkdir templates
cp "$top"/keys/openssl-*.cnf templates/
awk '/^```/ { inside = /sh/; next } inside' "$top/keys/README.md" > templates/commands
good "the commands for openssl" bash -ec "cd templates; PATH='$build':\$PATH; umask 077; . ./commands"
good "their signer is taken by all kernels" key check --kernel rhel --trusted templates/ca.der templates/signer.der
for name in ca signer; do
	extensions() { openssl x509 -inform DER -in "$1" -noout -text | sed -n '/X509v3 extensions/,/Signature Algorithm/p' | grep -v -E '^ +([0-9A-F]{2}:)+'; }
	case $name in
	ca) ours=ca-rsa3072.der ;;
	signer) ours=rsa3072.der ;;
	esac
	same "the extensions of their $name are ours" "$(extensions templates/$name.der)" "$(extensions "$ours")"
done
good "check of what we made" key check --kernel rhel --trusted ca-rsa2048.der sub.der rsa2048.der ca-rsa2048.der
finish
