#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# imactl sign: the same bytes as evmctl's, files and trees, what is passed by, what fails and how it is said.
# Writing security.ima needs root.
# shellcheck source=tests/lib/imactl.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/imactl.sh"

sign() { imactl sign "$@"; }
rsa=(--key "$PKI/rsa2048.key" --cert "$PKI/rsa2048.pem")
value() { getfattr --only-values -n security.ima -- "$1" 2> /dev/null | od -An -v -tx1 | tr -d ' \n'; }

# ---- the bytes -------------------------------------------------------------------------------

head -c 300000 /dev/urandom > file
: > empty
for hash in sha256 sha384 sha512; do
	for name in file empty; do
		for key in rsa2048 rsa4096; do
			"$top/tests/lib/sign" "$PKI/$key.key" "$PKI/$key.pem" $name $hash
			mv $name.sig theirs
			good "sign $name with $key over $hash" sign --detached --hash $hash --key "$PKI/$key.key" --cert "$PKI/$key.der" $name
			same "the bytes are evmctl's" "$(sha256sum < $name.sig)" "$(sha256sum < theirs)"
		done
	done
done
"$top/tests/lib/sign" "$PKI/no-ski-rsa.key" - file
mv file.sig theirs
good "without a certificate" sign --detached --key "$PKI/no-ski-rsa.key" file
same "the key id is evmctl's" "$(sha256sum < file.sig)" "$(sha256sum < theirs)"
for key in rsa2048 rsa4096 p256 p384; do
	good "sign with $key" sign --key "$PKI/$key.key" --cert "$PKI/$key.der" file
	good "evmctl verifies $key" evmctl ima_verify --key "$PKI/$key.der" file
done
same "the summary" "$(sign "${rsa[@]}" file empty)" "files: 2 signed"
good "only a digest" sign --hash-only file
same "its bytes" "$(value file)" "0404$(sha256sum file | cut -d' ' -f1)"
good "a longer digest" sign --hash-only --hash sha512 file
same "its bytes" "$(value file)" "0406$(sha512sum file | cut -d' ' -f1)"
touch -d '2001-02-03 04:05:06.789' old
good "an old file" sign "${rsa[@]}" old
same "its time is kept" "$(stat -c %y old)" "$(date -d '2001-02-03 04:05:06.789' '+%F %T.789000000 %z')"
"$build/imactl" key request --algorithm p256 --cn s --key enc.key --out enc.csr --encrypt --passphrase-file <(echo secret) > /dev/null
echo secret > phrase
echo wrong > wrong
good "an encrypted key" sign --key enc.key --passphrase-file phrase file
says "a wrong pass phrase" 1 "imactl: enc.key: the pass phrase is wrong, or the key is damaged; try the pass phrase again" \
	sign --key enc.key --passphrase-file wrong file
cp "$PKI/p256.key" sec1.key
openssl pkcs8 -topk8 -nocrypt -in sec1.key -outform DER -out key.der
good "a key in DER" sign --key key.der --cert "$PKI/p256.der" file
good "evmctl verifies it" evmctl ima_verify --key "$PKI/p256.der" file

# ---- trees -----------------------------------------------------------------------------------

mkdir -p tree/bin tree/lib/deep tree/var/cache
printf '\177ELF and more' > tree/bin/elf
printf '#!/bin/sh\n' > tree/bin/script
printf 'text\n' > tree/bin/text
printf 'packed' > tree/lib/module.ko.xz
printf 'x' > tree/var/cache/c
control=$(printf 'tree/bin/new\nline\033[31m\377')
printf 'c' > "$control"
ln tree/bin/elf tree/lib/hard
ln -s ../bin/elf tree/lib/soft
ln -s . tree/lib/loop
ln -s /etc/passwd tree/lib/outside
mkfifo tree/lib/fifo
mknod tree/lib/device c 1 3
passwd=$(value /etc/passwd)
says "a tree" 0 "files: 5 signed, 1 given a digest since they change" sign "${rsa[@]}" --root tree
same "what changes has a digest" "$(value tree/var/cache/c)" "0404$(sha256sum tree/var/cache/c | cut -d' ' -f1)"
for file in tree/bin/{elf,script,text} tree/lib/module.ko.xz "$control"; do
	good "evmctl verifies $(printf %q "$file")" evmctl ima_verify --key "$PKI/rsa2048.der" "$file"
done
same "nothing outside of it is touched" "$(value /etc/passwd)" "$passwd"
clear() { find tree -type f -exec setfattr -x security.ima {} + 2> /dev/null; }
clear
says "only executables" 0 "files: 3 signed, 3 skipped" sign "${rsa[@]}" --root tree/ --executables
same "not the text" "$(value tree/bin/text)" ""
clear
says "not what is excluded" 0 "files: 2 signed" sign "${rsa[@]}" --root tree --exclude '/var/*' --exclude 'new*' --exclude text --exclude /lib/hard --exclude elf
same "not a file by its name" "$(value tree/bin/text)" ""
same "not a folder by its path" "$(value tree/var/cache/c)" ""
clear
output=$(sign "${rsa[@]}" --root tree --dry-run --exclude '*.xz' --exclude script --exclude 'c' --exclude '*/var' --exclude hard)
same "--dry-run prints names, escaped" "$(grep -v files: <<< "$output" | sort)" "$(printf '%s\n' 'tree/bin/elf' 'tree/bin/new\x0aline\x1b[31m\xff' 'tree/bin/text')"
same "and writes nothing" "$(getfattr -R -m security.ima tree 2> /dev/null)" ""
find tree -print0 > list
says "a list" 0 "files: 7 signed, 11 skipped" sign "${rsa[@]}" --from0 list
clear
says "a list on standard input" 0 "files: 1 signed" bash -c "printf 'tree/bin/elf\0' | '$build/imactl' sign --key '$PKI/rsa2048.key' --from0 -"
says "again, only where needed" 0 "files: 4 signed, 1 given a digest since they change, 1 were already" sign "${rsa[@]}" --root tree --skip-valid
says "another signer's are replaced" 0 "files: 5 signed, 1 were already" sign --key "$PKI/p256.key" --root tree --skip-valid
says "one's own are not" 0 "files: 0 signed, 6 were already" sign --key "$PKI/p256.key" --root tree --skip-valid
echo more >> tree/bin/text
says "a changed file is signed again" 0 "files: 1 signed, 5 were already" sign --key "$PKI/p256.key" --root tree --skip-valid

# ---- what changes, what is new, and the list of it ---------------------------------------------

mkdir -p system/etc/init.d system/etc/keys system/usr/bin system/boot/grub
printf 'a\n' | tee system/etc/passwd system/etc/keys/k.der system/usr/bin/data > system/boot/grub/grubenv
printf '#!/bin/sh\n' > system/etc/init.d/script
kinds() { (cd system && find . -type f | sort | while read -r file; do printf '%s:%.4s ' "$file" "$(value "$file")"; done); }
says "digests for what changes" 0 "files: 3 signed, 2 given a digest since they change" sign "${rsa[@]}" --root system/
same "scripts, keys and the rest are signed" "$(kinds)" \
	"./boot/grub/grubenv:0404 ./etc/init.d/script:0302 ./etc/keys/k.der:0302 ./etc/passwd:0404 ./usr/bin/data:0302 "
says "they are known again" 0 "files: 0 signed, 5 were already" sign "${rsa[@]}" --root system --skip-valid
says "--mutable sign" 0 "files: 5 signed" sign "${rsa[@]}" --root system --mutable sign
same "then all are signed" "$(kinds)" \
	"./boot/grub/grubenv:0302 ./etc/init.d/script:0302 ./etc/keys/k.der:0302 ./etc/passwd:0302 ./usr/bin/data:0302 "
says "--mutable skip" 0 "files: 3 signed, 2 skipped" sign "${rsa[@]}" --root system --mutable skip
says "a single file is what it is said to be" 0 "files: 1 signed" sign "${rsa[@]}" "$scratch/system/etc/passwd"
printf '/etc/hostname\0' > list
says "a list has the paths of the system" 0 "files: 0 would be signed, 1 would be given a digest since they change" sign "${rsa[@]}" --dry-run --from0 list
printf '//etc//hostname\0/usr/../etc/./hostname\0' > list
says "however they are written" 0 "files: 0 would be signed, 2 would be given a digest since they change" sign "${rsa[@]}" --dry-run --from0 list
says "an operand beside a list is no name of it" 0 "files: 1 would be signed, 2 would be given a digest since they change" \
	sign "${rsa[@]}" --dry-run --from0 list /etc/hostname
mkdir -p abc a/long/folder/of/a/root xyz/etc
echo x | tee xyz/etc/passwd > e
says "an operand beside a root is not in it" 0 "files: 1 would be signed" sign "${rsa[@]}" --dry-run --root abc xyz/etc/passwd
says "nor is one shorter than the root" 0 "files: 1 would be signed" sign "${rsa[@]}" --dry-run --root a/long/folder/of/a/root e
printf '%s\0' "$scratch/file" > list
says "a signature beside a file hinders nobody" 0 "files: 1 signed" sign "${rsa[@]}" --detached --from0 list
same "so it is one" "$(head -c 2 file.sig | od -An -tx1)" " 03 02"
rm file.sig
sleep 0.01
touch since
sleep 0.01
touch -d 2001-01-01 system/usr/bin/data
mv system/etc/keys/k.der system/etc/keys/l.der
says "--newer goes by the change time" 0 "files: 2 signed, 3 skipped" sign "${rsa[@]}" --root system --newer since
says "--newer needs a file" 2 "imactl: sign: --newer nowhere: cannot be looked at: No such file or directory" sign "${rsa[@]}" --root system --newer nowhere
says "a manifest" 0 "files: 3 signed, 2 given a digest since they change" sign "${rsa[@]}" --root system --manifest manifest --jobs 3
id=$(openssl x509 -in "$PKI/rsa2048.pem" -noout -ext subjectKeyIdentifier | tail -n 1 | tr -d ' :' | tr A-F a-f)
same "its lines" "$(cat manifest)" "$(cd system && find . -type f | LC_ALL=C sort | while read -r file; do
	case $file in ./etc/passwd | ./boot/*) key=- ;; *) key=${id: -8} ;; esac
	printf 'sha256:%s %s system/%s\n' "$(sha256sum < "$file" | cut -d' ' -f1)" "$key" "${file#./}"
done)"
says "a manifest that cannot be written" 1 "imactl: no/manifest: cannot be written: No such file or directory" sign "${rsa[@]}" --root system --manifest no/manifest
same "is known before anything is signed" "$(grep -c files: <<< "$output")" 0
for list in - /dev/stdout; do
	bash -c "echo before; '$build/imactl' sign --key '$PKI/rsa2048.key' --root system --manifest $list" > listed 2> summary
	same "--manifest $list is standard output" "$(cat listed)" "before
$(cat manifest)"
	same "and the counts are not in it" "$(cat summary)" "files: 3 signed, 2 given a digest since they change"
done
mknod null c 1 3
mkfifo pipe
ln -s null link-null
ln -s manifest link
good "--manifest with a device" sign "${rsa[@]}" --root system --manifest null
good "with a link to one" sign "${rsa[@]}" --root system --manifest link-null
same "they are what they were" "$(stat -c %F null link-null)" "character special file
symbolic link"
cat pipe > listed &
good "with a FIFO" sign "${rsa[@]}" --root system --manifest pipe
wait $!
same "which gets the list" "$(cat listed)" "$(cat manifest)"
says "with a link" 1 "imactl: link: is a symbolic link, and neither it nor another's file is replaced; name the file that it leads to, or remove the link" \
	sign "${rsa[@]}" --root system --manifest link
echo phrase > pass
cp "$PKI/p256.key" own.key
printf 'file\0' > list
for input in own.key pass list file; do
	cp $input before
	says "--manifest is not $input" 2 "imactl: sign: --manifest '$input' is a file that is read here; name another one" \
		sign --key own.key --passphrase-file pass --from0 list --manifest $input file
	good "which is as it was" cmp $input before
done
says "a list of what was not signed" 2 "imactl: sign: --manifest lists what was signed, and --dry-run signs nothing; see 'imactl sign --help'" \
	sign "${rsa[@]}" --root system --dry-run --manifest manifest
for format in v3 verity; do
	for hash in sha256 sha512; do
		good "$format over $hash" sign --key "$PKI/p256.key" --cert "$PKI/p256.der" --format $format --hash $hash file
		good "imactl verifies $format over $hash" imactl verify --cert "$PKI/p256.der" file
	done
done
# By other tools: the hash over type, algorithm and digest, and fs-verity's own digest.
# shellcheck disable=SC2317 # called by by_openssl
byte() { printf '%b' "\\x$1"; }
# shellcheck disable=SC2317 # called by good
by_openssl() { # TYPE HEX: what security.ima of file holds is a signature over it
	{ byte "$1" && byte 04 && xxd -r -p <<< "$2"; } > id
	value file | cut -c19- | xxd -r -p > bytes
	openssl dgst -sha256 -verify <(openssl pkey -in "$PKI/p256.key" -pubout) -signature bytes id
}
good "v3" sign --key "$PKI/p256.key" --cert "$PKI/p256.der" --format v3 file
good "openssl verifies it" by_openssl 03 "$(sha256sum < file | cut -d' ' -f1)"
good "verity" sign --key "$PKI/p256.key" --cert "$PKI/p256.der" --format verity file
good "openssl and fsverity verify it" by_openssl 06 "$(fsverity digest file | sed 's/sha256:\([0-9a-f]*\).*/\1/')"
says "a digest that fs-verity has not" 1 "imactl: file: fs-verity knows no digests over sha384; use sha256 or sha512" \
	sign --key "$PKI/p256.key" --format verity --hash sha384 file
says "no such format" 2 "imactl: sign: --format 'v1' is none of v2, v3, verity" sign "${rsa[@]}" --format v1 file
says "no such way" 2 "imactl: sign: --mutable 'no' is none of digest, sign, skip" sign "${rsa[@]}" --mutable no file
says "a format without a signature" 2 "imactl: sign: --format is of signatures, and --hash-only makes none; see 'imactl sign --help'" sign --hash-only --format v3 file

mkdir many
for i in $(seq 400); do printf '%s' "$i" > "many/$i"; done
for jobs in 1 3; do
	says "$jobs threads" 0 "files: 400 signed" sign --key "$PKI/p256.key" --cert "$PKI/p256.der" --root many --jobs $jobs
	good "all are good" imactl verify --cert "$PKI/p256.der" --root many
done
python3 - <<'END'
import os
os.mkdir("deep"); os.chdir("deep")
for i in range(300):
    os.mkdir("d" * 100); os.chdir("d" * 100)
open("bottom", "w").write("x")
END
says "300 folders deep, a path of 30,000 bytes" 0 "files: 1 signed" sign "${rsa[@]}" --root deep
same "by so many descriptors" "$(bash -c "ulimit -n 100; '$build/imactl' sign --key '$PKI/p256.key' --root deep 2>&1 >/dev/null" | sed -n 's/.*ddd: //p')" \
	"cannot be opened: too many files are open, folder in folder; raise the limit: ulimit -n"

python3 - <<'END'
import os
os.mkdir("deeper"); os.chdir("deeper")
open("top", "w").write("x")
for i in range(5000):
    os.mkdir("d"); os.chdir("d")
open("bottom", "w").write("x")
END
bad "5,000 folders deep" sign "${rsa[@]}" --root deeper
same "the rest is signed" "$(tail -n 1 <<< "$output")" "files: 1 signed, 1 failed"
same "and it is said" "$(grep d/d/d <<< "$output" | sed 's/.*d: //')" \
	"is not gone into: it lies 2048 folders deep, where no path leads; take it away, or leave it out: --exclude"
says "without it" 0 "files: 1 signed" sign "${rsa[@]}" --root deeper --exclude d/
rm -rf deeper

# ---- what is mounted in a tree -----------------------------------------------------------------

mkdir -p bound/{file,folder} outside/deep
echo in | tee bound/in > bound/file/f
echo out | tee outside/f > outside/deep/g
mounted() { # MOUNT ARGUMENT...: the names that would be signed
	unshare -m bash -c "$1"' && shift && "$@"' mounted "$@" 2>&1 | sort
}
dry=("$build/imactl" sign --key "$PKI/p256.key" --dry-run --root bound)
same "what is bound there is left out, folders and files" "$(mounted 'mount --bind outside bound/folder && mount --bind outside/f bound/file/f' "${dry[@]}" | grep -v system)" "bound/in
files: 1 would be signed"
same "unless it is asked for" "$(mounted 'mount --bind outside bound/folder && mount --bind outside/f bound/file/f' "${dry[@]}" --cross-device | grep -v system)" "bound/file/f
bound/folder/deep/g
bound/folder/f
bound/in
files: 4 would be signed"
same "the kernel's own file systems never are" "$(mounted 'mount -t proc none bound/folder && mount -t sysfs none bound/file' "${dry[@]}" --cross-device | grep -v system)" "bound/in
files: 1 would be signed"

# ---- what is left out, and by mistake is not ---------------------------------------------------

mkdir -p left/var/cache left/usr
echo x | tee left/var/cache/c left/var/v > left/usr/u
for pattern in var/cache /var/cache /var/cache/ var/cache/ cache cache/ '*/cache' 'var/c*'; do
	same "--exclude $pattern" "$(sign "${rsa[@]}" --root left --exclude "$pattern" --dry-run 2>&1 | sort | tr '\n' ' ')" \
		"files: 1 would be signed, 1 would be given a digest since they change left/usr/u left/var/v "
done
says "a pattern that matches nothing" 0 "imactl: sign: --exclude '/va/cache' matches nothing below 'left'" sign "${rsa[@]}" --root left --exclude /va/cache --exclude c
silent "one that does" 0 "'c'" sign "${rsa[@]}" --root left --exclude /va/cache --exclude c
says "patterns for names" 2 "imactl: sign: --exclude leaves files out of the tree of --root, and there is none; leave out the names themselves" \
	sign "${rsa[@]}" --exclude c left/var/v
printf '%s\n' left/usr/u left/var/v > lines
says "a list of lines" 1 "imactl: sign: the names of a list end with a NUL byte, and this one has a newline in it; make the list with find -print0, or see the examples of imactl(8)" \
	sign "${rsa[@]}" --from0 lines
here="has neither /usr nor /etc nor /bin, so it is not told which of its files change; name the root of a system, or say --mutable sign"
says "a root that is none of a system" 0 "imactl: sign: 'left/var' $here" sign "${rsa[@]}" --root left/var
silent "all of it was asked for" 0 "$here" sign "${rsa[@]}" --root left/var --mutable sign
silent "a root that is one" 0 "$here" sign "${rsa[@]}" --root left

# ---- what others may have written --------------------------------------------------------------

mkdir -p live/{usr/bin,home/u,tmp,run,var/tmp,etc}
for file in usr/bin/{own,all,group,other} home/u/tool tmp/left run/script var/tmp/x etc/script; do
	printf '#!/bin/sh\n' > "live/$file"
	chmod 755 "live/$file"
done
echo data > live/usr/bin/data
chmod 757 live/usr/bin/all
chmod 666 live/usr/bin/data
chmod 775 live/usr/bin/group
chgrp 4242 live/usr/bin/group
chown 4242 live/usr/bin/other
says "executables that others may have written" 1 "files: 3 signed, 7 that others may have written not signed" sign "${rsa[@]}" --root live
same "each with the reason" "$(grep 'is executable' <<< "$output" | sort)" "$(printf 'imactl: live/%s was not signed: %s\n' \
	'home/u/tool: is executable and' 'it lies where users put files' \
	'run/script: is executable and' 'it lies where users put files' \
	'tmp/left: is executable and' 'it lies where users put files' \
	'usr/bin/all: is executable and' 'all users may write to it' \
	'usr/bin/group: is executable and' 'its group may write to it' \
	'usr/bin/other: is executable and' 'its owner is neither root nor the owner of the tree' \
	'var/tmp/x: is executable and' 'it lies where users put files')"
same "and what to do" "$(grep executables <<< "$output")" "imactl: sign: 7 executables were not signed, since others may have written them; see who did, then name them one by one, leave them out (--exclude), or mend owner and mode; in an image that you build yourself use --sign-writable"
same "they have nothing" "$(value live/usr/bin/all)$(value live/tmp/left)" ""
says "one that is named is signed" 0 "files: 1 signed" sign "${rsa[@]}" live/tmp/left
says "and left alone then" 1 "files: 0 signed, 4 were already, 6 that others may have written not signed" sign "${rsa[@]}" --root live --skip-valid
says "--sign-writable" 0 "files: 10 signed" sign "${rsa[@]}" --root live --sign-writable
says "a digest says nothing of who wrote it" 0 "files: 10 given a digest" sign --hash-only --root live
find live -exec chown 4242:4242 {} +
chmod 775 live
says "a tree of another owner and its group" 1 "files: 5 signed, 5 that others may have written not signed" sign "${rsa[@]}" --root live

# ---- what fails is named, and the rest goes on -----------------------------------------------

says "a missing file" 1 "imactl: nowhere: there is no such file, or it vanished meanwhile" sign "${rsa[@]}" nowhere file
same "the other is signed" "$(tail -n 1 <<< "$output")" "files: 1 signed, 1 failed"
says "a folder" 1 "imactl: tree: is a directory, not a regular file; for all that is in it use --root" sign "${rsa[@]}" tree
says "a FIFO" 1 "imactl: tree/lib/fifo: is a device, a FIFO or a socket, not a regular file" sign "${rsa[@]}" tree/lib/fifo
ln -s loop loop
says "a loop" 1 "imactl: loop: cannot be opened: its symbolic links lead in a circle" sign "${rsa[@]}" loop
says "a root that is none" 1 "imactl: nowhere: there is no such file, or it vanished meanwhile" sign "${rsa[@]}" --root nowhere
says "a list that is none" 1 "imactl: nowhere: the list cannot be opened: No such file or directory" sign "${rsa[@]}" --from0 nowhere
says "/proc has no attribute" 1 "imactl: /proc/version: was changed while it was read; try again when nothing writes to it" sign "${rsa[@]}" /proc/version
says "sysfs" 1 "files: 0 signed, 1 failed" sign "${rsa[@]}" /sys/kernel/mm/transparent_hugepage/enabled
mkdir ramfs
unshare -m bash -c "mount -t ramfs none ramfs && cp file ramfs/f && '$build/imactl' sign --key '$PKI/p256.key' ramfs/f
	mount -o remount,ro ramfs; mount -t tmpfs none many && cp file many/f && mount -o remount,ro many && '$build/imactl' sign --key '$PKI/p256.key' many/f
	'$build/imactl' sign --key '$PKI/p256.key' --dry-run --root . --exclude pki 2> /dev/null | grep -c many
	'$build/imactl' sign --key '$PKI/p256.key' --dry-run --root . --exclude pki --cross-device 2> /dev/null | grep -x ./many/f" > output 2>&1
same "ramfs, read-only, other file systems" "$(cat output)" "imactl: ramfs/f: its file system has no security.ima; sign it on another file system, or use --detached
files: 0 signed, 1 failed
imactl: many/f: its file system is read-only; mount it writable, or use --detached
files: 0 signed, 1 failed
0
./many/f"
setpriv --reuid 65534 --clear-groups true 2> /dev/null && {
	cp "$PKI/p256.key" public.key
	chmod 644 public.key file
	chmod 711 .
	cp file secret
	chmod 600 secret
	says "as another user" 1 "imactl: file: security.ima cannot be written: Operation not permitted; be root, and see that the file is not immutable (lsattr), or use --detached" \
		setpriv --reuid 65534 --clear-groups "$build/imactl" sign --key public.key file
	says "unreadable" 1 "imactl: secret: cannot be opened: Permission denied" \
		setpriv --reuid 65534 --clear-groups "$build/imactl" sign --key public.key secret
}
truncate -s 10G sparse
"$build/imactl" sign "${rsa[@]}" sparse > interrupted 2>&1 &
sleep 0.5
before=$(awk '/VmHWM/ { print $2 }' "/proc/$!/status")
kill -TERM $!
wait $!
same "interrupted: status" $? 1
same "interrupted: said" "$(grep imactl: interrupted)" "imactl: sign: interrupted; each file is either signed or as it was"
same "the large file is as it was" "$(value sparse)" ""
same "and took little memory" "$((before < 40000))" 1
"$build/imactl" sign "${rsa[@]}" sparse > ignored 2>&1 &
sleep 0.3
kill -INT $! # bash has it ignored in the background
sleep 0.3
good "an interrupt that is ignored stays so" kill -TERM $!
wait $!
cat > interrupt.py <<'END'
import os, pty, sys, time
pid, fd = pty.fork()
if not pid:
    os.execv(sys.argv[1], sys.argv[1:])
time.sleep(0.5)
os.write(fd, b"\x03")
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
python3 interrupt.py "$build/imactl" sign "${rsa[@]}" sparse > /dev/null 2>&1
same "Ctrl-C: status" $? 1
same "the large file is still as it was" "$(value sparse)" ""
rm -f sparse
mkdir slow
truncate -s 300M slow/{1,2,3,4,5,6,7,8}
good "on a terminal" python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' \
	"$build/imactl" sign --hash-only --root slow --jobs 1
same "there is a line that tells how far it is, and goes away" "$(grep -cE $'\r\033\\[K[1-7] files signed.*\r\033\\[Kfiles: 8 given a digest' <<< "$output")" 1
silent "elsewhere there is none" 0 $'\r' sign --hash-only slow/1
rm -rf slow
(for _ in $(seq 200); do date >> moving; done) &
truncate -s 200M moving
bad "a file that changes meanwhile" sign "${rsa[@]}" moving
wait
rm -f moving
(for _ in $(seq 400); do date >> moving; done) &
truncate -s 200M moving
says "for fs-verity too" 1 "imactl: moving: was changed while it was read; try again when nothing writes to it" sign "${rsa[@]}" --format verity moving
wait
same "it is not signed" "$(value moving)" ""
rm -f moving

# ---- policies --------------------------------------------------------------------------------

printf 'measure func=FILE_CHECK' > ima-policy
says "a policy without a newline" 1 "imactl: ima-policy: does not end with a newline, so the kernel refuses it; add one: echo >> 'ima-policy', and sign it again" \
	sign "${rsa[@]}" ima-policy
same "is not signed" "$(value ima-policy)" ""
cp ima-policy other
good "a file of another name" sign "${rsa[@]}" other
bad "unless it is said to be a policy" sign --policy "${rsa[@]}" other
printf '# nothing\n' > ima-policy
says "a policy without a rule" 1 "imactl: ima-policy: holds no rule, only comments and blank lines: the kernel would commit nothing; write the rules, or remove the file" \
	sign "${rsa[@]}" ima-policy
printf 'measure func=FILE_CHECK\n' > ima-policy
good "a good policy" sign "${rsa[@]}" ima-policy

# ---- options ---------------------------------------------------------------------------------

says "no key" 2 "imactl: sign: --key is missing; see 'imactl sign --help'" sign file
says "no file" 2 "imactl: sign: a file is missing; name files, or use --root DIR or --from0 FILE" sign "${rsa[@]}"
says "hash" 2 "imactl: sign: --hash 'md5' is none of sha256, sha384, sha512" sign "${rsa[@]}" --hash md5 file
says "jobs" 2 "imactl: sign: --jobs '0' is not a number from 1 to 1024" sign "${rsa[@]}" --jobs 0 file
says "--hash-only with a key" 2 "imactl: sign: --hash-only needs no --key and no --cert; see 'imactl sign --help'" sign "${rsa[@]}" --hash-only file
says "--detached with a tree" 2 "imactl: sign: --detached is for single files, not for --root; see 'imactl sign --help'" sign "${rsa[@]}" --detached --root tree
says "a certificate of another key" 1 "imactl: $PKI/p256.der: is not the certificate of the private key; name the key and the certificate of the same signer" \
	sign --key "$PKI/rsa2048.key" --cert "$PKI/p256.der" file
says "an expired certificate is warned of" 0 "imactl: $PKI/expired.pem: has expired; kernels do not look at dates, other programs do" \
	sign --key "$PKI/expired.key" --cert "$PKI/expired.pem" file
for name in no-ds no-usage is-ca; do
	says "so is $name" 0 "imactl: $PKI/$name.pem: kernels refuse it for .ima from Linux 6.6 on: see imactl key check" \
		sign --key "$PKI/$name.key" --cert "$PKI/$name.pem" file
done
silent "a good one is not" 0 "imactl:" sign "${rsa[@]}" file
says "a certificate without an id" 1 "imactl: $PKI/no-ski.der: has no subjectKeyIdentifier, so the kernel would not find the key of a signature; issue the certificate again with one: imactl key issue" \
	sign --key "$PKI/no-ski.key" --cert "$PKI/no-ski.der" file
says "a key of another kind" 1 "imactl: $PKI/ed25519.key: its key is ED25519-256, which IMA cannot be relied on to verify; use one of rsa2048, rsa3072, rsa4096, p256, p384" \
	sign --key "$PKI/ed25519.key" file
says "a certificate that kernels do not take" 1 "imactl: $PKI/explicit.der: its curve is given by parameters, and the kernel knows curves by their names alone; convert the key, and make this again of it: openssl ec -param_enc named_curve -conv_form uncompressed" \
	sign --key "$PKI/explicit.key" --cert "$PKI/explicit.der" file
good "its key can be used" sign --key "$PKI/explicit.key" file
imactl key request --key "$PKI/explicit.key" --cn x --out named.csr > /dev/null
imactl key issue --issuer "$PKI/ca.pem" --issuer-key "$PKI/ca.key" named.csr --out named.der > /dev/null
good "with the id of a certificate that is written well" imactl verify --cert named.der file
says "a key that is none" 1 "imactl: $PKI/rsa2048.der: is not a private key in PEM or DER, or is damaged; name the file of the private key" \
	sign --key "$PKI/rsa2048.der" file
says "a key that is not there" 1 "imactl: nowhere: there is no such file" sign --key nowhere file
finish
