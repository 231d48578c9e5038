#!/bin/bash
# image.sh DIRECTORY: makes there bb.tar, an image of Debian's static busybox as `docker save` writes them: docker,
# podman, buildah and ctr all load it as localhost/bb:latest.
set -eu
cd "$1"
root=image/root archive=image/archive
mkdir -p $root/{bin,dev,etc,home/user,mnt,proc,root,run,sbin,sys,tmp,usr/bin,var} $archive
cp /bin/busybox $root/bin/busybox
for applet in $(/bin/busybox --list); do
    [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
done
printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n' >$root/etc/passwd
printf 'root:x:0:\nuser:x:1000:\nextra:x:2000:user\n' >$root/etc/group
chmod 1777 $root/tmp
chown -R 1000:1000 $root/home/user

tar --sort=name --numeric-owner -C $root -cf $archive/layer.tar .
layer=$(sha256sum $archive/layer.tar | cut -d' ' -f1)
cat >$archive/config.json <<JSON
{"architecture": "amd64", "os": "linux", "created": "2024-01-01T00:00:00Z",
 "config": {"Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], "Cmd": ["/bin/sh"]},
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$layer"]},
 "history": [{"created": "2024-01-01T00:00:00Z", "created_by": "image.sh"}]}
JSON
config=$(sha256sum $archive/config.json | cut -d' ' -f1).json
mv $archive/config.json "$archive/$config"
echo '[{"Config": "'"$config"'", "RepoTags": ["localhost/bb:latest"], "Layers": ["layer.tar"]}]' >$archive/manifest.json
tar -C $archive -cf bb.tar .
rm -r image
