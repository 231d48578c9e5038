namespace Csrun.CommandLine;

/// <summary>What help and manual pages say about a command beyond its line in <see cref="CommandTable"/>.</summary>
internal static class CommandText
{
    /// <summary>A paragraph or two about a command. The paragraphs are lines; help wraps them.</summary>
    internal static string About(Command command) => command switch
    {
        Command.Run =>
            "Does what create, start and delete do, in this order, and stays until the program has ended: its exit "
            + "status is the program's, or 128 and the number of the signal that killed it.",
        Command.Create =>
            "Makes the container that the bundle's config.json describes, up to the moment before its program begins: "
            + "namespaces, mounts, cgroup, hooks. What is wrong with config.json is told before anything is made, and "
            + "a create that fails leaves nothing behind.\n"
            + "The container's standard streams are those of create.",
        Command.Start =>
            "Lets the program of a created container begin and returns when it has. A program that cannot be executed "
            + "makes start fail.",
        Command.State =>
            "The members are those of the runtime specification (ociVersion, id, status, pid, bundle, annotations), "
            + "besides rootfs, created and owner. The status is creating, created, running, paused or stopped.",
        Command.Kill =>
            "The signal is a number or a name, with or without SIG. It goes to the container's first process, with "
            + "--all to every one. It is an error if the container has stopped, unless --all is given.",
        Command.Delete =>
            "Removes what create made: the cgroup, the state, the mounts; then the poststop hooks run. A running "
            + "container is left alone unless --force is given.",
        Command.Exec =>
            "Starts a program inside a created or running container, in its namespaces and cgroup and with the limits "
            + "and rights of its first process. All that follows ID belongs to the program. The exit status is the "
            + "program's; 255 if it could not be started.",
        Command.Ps => "Lists the container's processes by the host's pids; the table comes from the host's ps(1).",
        Command.List =>
            "Lists every container under --root, sorted by id. It is an error if a directory named with --root does "
            + "not exist; a default that does not exist is an empty list.",
        Command.Pause => "Freezes the container's cgroup; the processes stay as they are until resume.",
        Command.Resume => "Thaws the container's cgroup.",
        Command.Update => "Changes the limits of the container's cgroup; what is not named stays as it is.",
        Command.Events => "Prints one JSON object a line: the statistics at each interval, and memory running out.",
        Command.Spec =>
            "Writes config.json for a shell in a read-only root filesystem named rootfs. A config.json that is there "
            + "already is not overwritten.",
        Command.Features =>
            "The object is that of the runtime specification (features-linux.md): versions, hooks, mount options, "
            + "namespaces and what else this build knows.",
        Command.Logs =>
            "Prints the log of a container that was made with --shim: its standard output to standard output, its "
            + "standard error to standard error. It works during the container's life and after it, until delete.",
        Command.Attach =>
            "Shows what the container writes from now on and sends it what is typed. Several may be attached at once. "
            + "Where it has a terminal and so have you, yours becomes raw and its size is the container's; the detach "
            + "keys end attach and leave the container alone. When the container ends attach ends with its exit code.",
        Command.Wait =>
            "Prints the exit code, or 128 and the number of the signal that killed the program, and ends with it. It "
            + "works after the end as well, until delete. An exit code that nobody was there to be told is an error.",
        Command.Shim =>
            "For a container made with --shim whose shim was killed: the container has gone on, and what it wrote "
            + "since waits in its pipes. A terminal went with the shim, and so did --shim-stdin once.",
        Command.Checkpoint =>
            "Saves the container's processes to image files with criu. Then the container is removed, as by delete, "
            + "unless it is to go on. What is bound from the host is not saved, nor are namespaces joined by path: "
            + "both must be there at the restore.",
        Command.Restore =>
            "Makes a container of the bundle, whose processes go on where checkpoint saved them. Pipes, files and "
            + "terminals of the outside that were its standard streams become this command's; a file must have the "
            + "size it had. Without --detach it waits for the end, and ends with the program's exit code.",
        Command.Mounts => "Adds the mounts of a JSON file to a running container, or removes them from it.",
        Command.Plan =>
            "Reads and checks the bundle's config.json as create does and prints each step in order. It needs no root "
            + "and changes nothing.",
        Command.Info => "Tells which of the kernel's features that containers use are there, and what is missing.",
        Command.Completion =>
            "The script completes commands, flags, files and the ids of containers. Let the shell read it at start, or "
            + "put it where it looks for such scripts.",
        Command.Man => "Without a command the page is csrun(8).",
        Command.Help => "The same as csrun COMMAND --help.",
        _ => "",
    };

    /// <summary>Examples for csrun's help: a command line and what it does, divided by a tab, one a line.</summary>
    internal static string Examples(Command command) => command switch
    {
        Command.None =>
            "csrun spec\twrite a config.json to start from\n"
            + "csrun run web\trun the bundle in this directory as \"web\"\n"
            + "csrun create -b /srv/web web\tmake it, from a bundle elsewhere\n"
            + "csrun start web\tlet its program begin\n"
            + "csrun kill web TERM\task it to end\n"
            + "csrun delete web\tremove it",
        Command.Run =>
            "csrun run web\tthe bundle in this directory, as \"web\"\n"
            + "csrun run -b /srv/web web\ta bundle elsewhere\n"
            + "csrun run ./web/\ta bundle elsewhere, with an id made up for it\n"
            + "csrun run -d --shim web\tin the background; then csrun logs, attach, wait",
        Command.Create => "csrun create --bundle /srv/web --pid-file web.pid web\tmake it and note its pid",
        Command.Kill =>
            "csrun kill web\task the program to end\n"
            + "csrun kill web HUP\tsend SIGHUP\n"
            + "csrun kill --all web 9\tend every process",
        Command.Delete =>
            "csrun delete web\tremove a stopped container\n"
            + "csrun delete --force web\twhatever state it is in, if any",
        Command.Exec => "csrun exec web sh -c 'echo $$'\trun a shell beside the container's program",
        Command.List =>
            "csrun list\ta table\n"
            + "csrun list --quiet\tthe ids, for a script\n"
            + "csrun list --format json\tfor another program",
        Command.Logs =>
            "csrun logs -f web\tall, and what comes\n"
            + "csrun logs --since 10m --tail 20 web\tthe last lines of the last ten minutes",
        Command.Attach => "csrun attach web\tctrl-p ctrl-q leaves it alone again",
        Command.Checkpoint =>
            "csrun checkpoint --image-path /srv/saved web\tsave it, and remove it\n"
            + "csrun checkpoint --image-path /srv/saved --leave-running web\tsave it only",
        Command.Restore => "csrun restore -d -b /srv/web --image-path /srv/saved web2\tgo on as \"web2\"",
        Command.Spec => "csrun spec --bundle /srv/web\twrite /srv/web/config.json",
        Command.Completion =>
            "source <(csrun completion bash)\tfor this shell\n"
            + "csrun completion fish > ~/.config/fish/completions/csrun.fish\tfor every fish",
        Command.Man => "csrun man run | man -l -\tread a page that is not installed",
        _ => "",
    };

    /// <summary>What may stand for a word of a command.</summary>
    internal static string Operand(string word) => word switch
    {
        "ID" => "the container's name: letters, digits and _ + - . but no dot first; as no other under --root",
        "ID|DIR/" => "the container's name; or, with a slash in it, the bundle, and a name is made up",
        "SIGNAL" => "a number or a name, with or without SIG",
        "PROGRAM" => "the program to run, looked up in the container's $PATH",
        "ARGUMENT...]" or "ARGUMENT..." => "its arguments",
        "PS-OPTION..." => "options handed to ps(1)",
        "BUNDLE" => "a directory with config.json",
        "FILE" => "a JSON file with an array of mounts, as in config.json",
        "COMMAND" => "one of csrun's commands",
        _ => "",
    };

    /// <summary>The heading of a group in csrun's help.</summary>
    internal static string Heading(CommandGroup group) => group switch
    {
        CommandGroup.Life => "A container's life",
        CommandGroup.Running => "While it runs",
        CommandGroup.Looking => "Looking at it",
        CommandGroup.Saving => "Saving and restoring it",
        CommandGroup.Preparing => "Before there is one",
        _ => "For you",
    };
}
