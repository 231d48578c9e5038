namespace Csrun.Conformance.Tests;

/// <summary>config.json as a document: encoding, members, annotations, valid values.</summary>
public sealed class ConfigCases : CaseTest
{
    private static readonly Case[] s_cases =
    [
        Case.Refused("GEN-02", "a byte that is not UTF-8", "hostname='of-config'", "")
            with { Via = "sed -i 's/of-config/of\\xff/' $B/config.json" },
        Case.Refused("GEN-02", "text after the object", "hostname='of-config'", "")
            with { Via = "if grep -q of-config $B/config.json; then echo x >>$B/config.json; fi" },
        Case.Refused("GEN-03", "a member given twice", "", "hostname-", "hostname")
            with { Via = "sed -i 's/\"hostname\":/\"hostname\": \"a\", \"hostname\":/' $B/config.json" },
        Case.Inside("GEN-04", "the order of members means nothing", "reversed ; hostname='x'", "hostname", "x",
            "reversed"),

        Case.Outside("CFG-ANN-01 CFG-ANN-05 CFG-ANN-14", "annotations come back",
            "annotations={'a.example':'1','b.example':'2'}",
            "tr -d ' \\n' <$STATE | grep -o '\"a.example\":\"1\",\"b.example\":\"2\"'",
            "\"a.example\":\"1\",\"b.example\":\"2\""),
        Case.Refused("CFG-ANN-03", "annotations that are no object", "annotations=['a']", "annotations={}",
            "annotations"),
        Case.Inside("CFG-ANN-04", "none", "annotations={}", "echo runs", "runs", "annotations=[]"),
        Case.Refused("CFG-ANN-06", "an empty key", "annotations={'':'x'}", "annotations={'x':''}", "annotations"),
        Case.Outside("CFG-ANN-09 CFG-ANN-13 CFG-ANN-14", "reserved keys and unknown ones beside them",
            "annotations={'org.opencontainers.image.os':'linux','org.opencontainers.image.os.version':'1',"
            + "'org.opencontainers.image.os.features':'f','org.opencontainers.image.architecture':'amd64',"
            + "'org.opencontainers.image.variant':'v','org.opencontainers.image.author':'w',"
            + "'org.opencontainers.image.created':'2026-01-01T00:00:00Z','org.opencontainers.image.stopSignal':'TERM',"
            + "'org.opencontainers.unknown':'x'}", "grep -o org.opencontainers $STATE | wc -l", "9"),
        Case.Refused("CFG-ANN-15", "a value that is no text", "annotations={'a':1}", "annotations={'a':'1'}",
            "annotations"),
        Case.Outside("CFG-ANN-16", "an empty value", "annotations={'org.example.a':''}",
            "tr -d ' \\n' <$STATE | grep -o '\"org.example.a\":\"\"'", "\"org.example.a\":\"\""),

        Case.Inside("CFG-EXT-01", "unknown members at all places",
            "x-foo={'a':[1]} ; process.x-foo={} ; process.user.x-foo=1 ; root.x-foo=null ; linux.x-foo='y' ; "
            + "linux.resources.x-foo=[] ; mounts.0.x-foo=true ; linux.namespaces.0.x-foo=1.5 ; "
            + "hooks={'prestart':[{'path':'/bin/true','x-foo':1}],'x-foo':[{}]}", "echo runs", "runs",
            "process.user=5"),

        Case.Refused("CFG-VAL-01", "a text for a truth", "root.readonly='yes'", "root.readonly=true", "root.readonly"),
        Case.Refused("CFG-VAL-01", "a number with a point", "process.user.uid=0.5", "process.user.uid=0",
            "process.user.uid"),
        Case.Refused("CFG-VAL-01", "a number below zero", "process.user.uid=-1", "process.user.uid=0",
            "process.user.uid"),
        Case.Refused("CFG-VAL-01", "a word that nobody knows", "linux.rootfsPropagation='foo'",
            "linux.rootfsPropagation='private'", "linux.rootfsPropagation"),
        Case.Refused("CFG-VAL-01", "an object for an array", "mounts={}",
            "mounts=[] ; linux.maskedPaths- ; linux.readonlyPaths-",
            "mounts"),
        Case.Refused("CFG-VAL-01", "an array for a text", "hostname=['x']", "hostname='x'", "hostname"),
        Case.Inside("CFG-VAL-03", "null is absent",
            "hostname=null ; hooks=null ; annotations=null ; linux.seccomp=null",
            "echo runs", "runs", "hostname=5"),
    ];

    public static TheoryData<string, string> Cases => Names(s_cases);

    [RootTheory]
    [MemberData(nameof(Cases))]
    public void Holds(string ids, string what) => Check(s_cases, ids, what);
}
