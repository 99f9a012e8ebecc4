#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: stock
# needs: qemu-system-x86_64 evmctl mmdebstrap debugfs unshare
# limit: 900
# The recovery behind a splash screen: Debian's plymouth has the screen and reads the keyboard. It is ended before the menu is
# shown, and the menu is on the screen, which takes keys; so it is where plymouth's client is not in the image, where its
# daemon has stopped answering, and where the screen is in graphics mode with the keys off. That is done to it here: of
# Debian's own themes none does so, and the daemon dies of those that do, on QEMU's screens.
# shellcheck disable=SC2016,SC2034,SC2317 # splash_talk runs beside the machine; the lines are for it
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/image.sh"
. "$(dirname "$0")/../lib/talk.sh"
. "$(dirname "$0")/../lib/recovery.sh"

kernel=$1

# The image: plymouth with a theme that needs no picture, and the driver of QEMU's screen. dracut's own module for it would
# bring each driver of each screen along.
splash_image() {
	local lib=/usr/lib/x86_64-linux-gnu/plymouth themes=/usr/share/plymouth/themes
	builder_root plymouth plymouth
	rm -f "$BUILDER/etc/plymouth/plymouthd.conf" # the cache has it too
	printf '[Daemon]\nTheme=tribar\nShowDelay=0\n' > "$BUILDER/etc/plymouth/plymouthd.conf"
	builder_cert /etc/keys/ima rsa2048
	IMAGE_DRIVERS+=' bochs' builder_dracut "$1" --omit "$IMAGE_OMITTED systemd systemd-initrd dracut-systemd" \
		--install "/usr/sbin/plymouthd /usr/bin/plymouth $lib/tribar.so $lib/text.so $lib/details.so $lib/renderers/drm.so \
$lib/renderers/frame-buffer.so $themes/tribar/tribar.plymouth /etc/plymouth/plymouthd.conf" ||
		vm_die "no image: $(tail -n 5 "$1.log")"
}

# overlay HOOK-LINE...: a hook that starts the splash as dracut's module does, and lines of the test's own before imaboot's.
overlay() {
	local hooks=$VM/over/usr/lib/dracut/hooks
	mkdir -p "$hooks/pre-trigger" "$hooks/pre-pivot" "$VM/over/usr/bin" "$VM/over/etc/imaboot"
	cp "$CACHE/base/bin/guest" "$VM/over/usr/bin/guest"
	printf 'pcr = none\n' > "$VM/over/etc/imaboot/imaboot.conf"
	cat > "$hooks/pre-trigger/10-splash.sh" <<-'END'
		modprobe bochs
		mkdir -p /run/plymouth
		plymouthd --attach-to-session --pid-file /run/plymouth/pid
		plymouth show-splash
	END
	{
		echo "screen=$screen"
		cat <<-'END'
			{
				plymouth --ping && echo 'the splash is there'
				echo "the screen before: $(guest console $screen)"
			} > /dev/ttyS0
		END
		printf '%s\n' "$@"
	} > "$hooks/pre-pivot/94-look.sh"
	image_add "$CACHE/splash" "$VM/image" "$VM/over"
}

splash_talk() {
	see 'the splash is there' 400
	see "the screen before: $before"
	see '==== imaboot: recovery ===='
	see "$question"
	keyboard v 'outcome recovery'
	yes_to s
	see "$shell"
	say 'guest console; grep -a -c "open a shell of the initramfs" /dev/vcs1; pidof plymouthd || echo no-splash'
	see '^text, keys'
	see '^[1-9]'
	see 'no-splash'
	see "$shell"
	say 'dmesg | grep -o "splash screen (plymouthd).*" || echo ended-$((40+2))'
	see "$ended"
	see "$shell"
	say exit
	answer p
	see 'Power down'
}

# play_splash NAME SCREEN HOOK-LINE...: with $ended as what the kernel's log says of the daemon; SCREEN is "graphics", or empty for the mode that plymouth gave it
play_splash() {
	local screen=$2 before='text, keys'
	[ -z "$screen" ] || before='graphics, no keys'
	disk_new "$1"
	shift 2
	overlay "$@"
	VM_TALK=splash_talk
	VM_EXTRA=(-vga std)
	image_boot "$kernel" "$VM/image" 'reboot: Power down' 'console=tty0 console=ttyS0 splash plymouth.ignore-serial-consoles rd.imaboot.recovery'
	VM_TALK=''
}

vm_base
splash_image "$CACHE/splash"
ended='ended-42'
play_splash splash ''
play_splash without-client graphics 'rm -f /usr/bin/plymouth'
ended='splash screen \(plymouthd\) does not end: (Connection|Operation) timed out; it is killed'
play_splash stopped graphics 'kill -STOP "$(cat /run/plymouth/pid)"'
finish
