#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The script of the recovery by itself, on busybox, around a program that is a fake: what it shows and asks for, what ends it and
# with which status, that keys and signals do not, and that two of them do not speak at once.
# shellcheck disable=SC2016 # the lines are for the fake
. "$(dirname "$0")/checks.bash"
root=$work/root
mkdir -p "$root"/{run/imaboot,usr/sbin,usr/lib/imaboot,tmp,dev,bin}
cp "$(command -v busybox)" "$root/usr/lib/imaboot/busybox"
cp "$top/recovery/recovery" "$root/usr/lib/imaboot/recovery"
ln -s /usr/lib/imaboot/busybox "$root/bin/sh"
: > "$root/dev/null"

# The program: says what it was asked, and goes by files of /tmp.
cat > "$root/usr/sbin/imaboot" <<'END'
#!/bin/sh
case "$1 $2" in
'version '*) exit "$(cat /tmp/version 2> /dev/null || echo 0)" ;;
'recover show') sed 's/^/shown:/' >> /tmp/log; exit 0 ;;
esac
echo "$*" >> /tmp/log
case $2 in
screen) echo 'first screen'; exit "$(cat /tmp/screen 2> /dev/null || echo 0)" ;;
menu) [ -e /run/imaboot/recovery ] || exit 3; echo 'the menu' ;;
ask) read -r answer < /tmp/answers || { sleep 1; exit 1; }
	sed -i 1d /tmp/answers
	echo "$answer" ;;
retry) rm /run/imaboot/recovery; echo 'it works' ;;
wait) while [ ! -e /tmp/go-on ]; do sleep 0.1; done; rm /run/imaboot/recovery ;;
*) echo "done: $2" ;;
esac
END
chmod 755 "$root/usr/sbin/imaboot"

# recovery ANSWER...: runs it; its status is returned, what was done is in /tmp/log.
recovery() {
	rm -f "$root"/tmp/*
	printf '%s\n' "$@" > "$root/tmp/answers"
	: > "$root/run/imaboot/recovery"
	timeout 60 chroot "$root" /usr/lib/imaboot/busybox sh /usr/lib/imaboot/recovery --busybox /sysroot < /dev/null
}
log() { cat "$root/tmp/log"; }

recovery report retry
is 'a boot that goes on ends it with 0' "$?" 0
is 'what was done, in order' "$(log)" "recover screen --root /sysroot
shown:first screen
recover menu --root /sysroot
shown:the menu
recover ask --root /sysroot
recover report --root /sysroot
shown:
shown:done: report
recover menu --root /sysroot
shown:the menu
recover ask --root /sysroot
recover retry --root /sysroot
shown:
shown:it works
recover menu --root /sysroot"

rm -f "$root"/tmp/*
echo 3 > "$root/tmp/screen"
timeout 60 chroot "$root" /usr/lib/imaboot/busybox sh /usr/lib/imaboot/recovery --busybox /sysroot < /dev/null
is 'where no recovery is wanted it ends with 1' "$?" 1
is 'and shows nothing' "$(grep -c shown "$root/tmp/log")" 0

printf '127' > "$root/tmp/version"
: > "$root/tmp/answers"
rm -f "$root/tmp/screen" "$root/run/imaboot/recovery"
timeout 60 chroot "$root" /usr/lib/imaboot/busybox sh /usr/lib/imaboot/recovery --busybox /sysroot < /dev/null
is 'a program that cannot be run ends it with 1' "$?" 1

# What a person types is a word of the program here: nothing of it is evaluated.
recovery '$(touch /tmp/evil)' '`touch /tmp/evil`' ';touch /tmp/evil' retry
if [ -e "$root/tmp/evil" ]; then miss 'an answer is evaluated'; else pass 'no answer is evaluated'; fi

# Two at once: the second one says nothing until the first has ended, and then leaves the answer to its caller.
recovery wait &
first=$!
until grep -q 'recover wait' "$root/tmp/log" 2> /dev/null; do sleep 0.1; done
script=$(readlink "$root/run/imaboot/recovery.pid")
timeout 60 chroot "$root" /usr/lib/imaboot/busybox sh /usr/lib/imaboot/recovery --busybox /sysroot < /dev/null &
second=$!
sleep 2
is 'the second one waits' "$(grep -c 'recover screen' "$root/tmp/log")" 1
for signal in HUP INT QUIT TERM TSTP USR1 USR2 PIPE ALRM; do
	kill -"$signal" "$script"
done
: > "$root/tmp/go-on"
wait "$first"
is 'signals do not end the first one' "$?" 0
wait "$second"
is 'the second one ends with 0' "$?" 0
is 'and has not asked anybody' "$(grep -c 'recover screen' "$root/tmp/log")" 1

# One that was killed keeps nobody out; nor does a folder that cannot be written to.
ln -sfn 4194305 "$root/run/imaboot/recovery.pid"
recovery retry
is 'one that was killed keeps nobody out' "$?" 0
sleep 300 &
other=$!
mkdir -p "$root/proc/$other"
printf 'sleep\000300\000' > "$root/proc/$other/cmdline"
ln -sfn "$other" "$root/run/imaboot/recovery.pid"
recovery retry
is 'nor does one whose number is another program'"'"'s now' "$?" 0
# A recovery by that number does: this one waits for it.
printf 'busybox\000sh\000/usr/lib/imaboot/recovery\000--busybox\000/sysroot\000' > "$root/proc/$other/cmdline"
ln -sfn "$other" "$root/run/imaboot/recovery.pid"
recovery retry &
waiting=$!
sleep 3
is 'a recovery keeps others out' "$(cat "$root/tmp/log" 2> /dev/null)" ''
kill "$other"
wait "$waiting"
is 'until it has ended' "$? $(grep -c 'recover screen' "$root/tmp/log")" '0 1'
rm -rf "$root/run/imaboot/recovery.pid"
mkdir "$root/run/imaboot/recovery.pid"
recovery retry
is 'something else in the place keeps nobody out' "$?" 0
exit "$failed"
