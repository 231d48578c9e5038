using Csrun.Spec;

namespace Csrun.Seccomp;

/// <summary>A comparison of one argument, cut to the width that its ABI compares.</summary>
/// <param name="Argument">Which argument, 0 to 5.</param>
/// <param name="Operator">How; MASKED_EQ compares what the mask leaves.</param>
/// <param name="Mask">All bits of the width but for MASKED_EQ.</param>
/// <param name="Value">With what; never a bit outside the mask.</param>
/// <param name="Is64">Both words are compared, or only the low one.</param>
internal readonly record struct Condition(
    int Argument, SeccompOperator Operator, ulong Mask, ulong Value, bool Is64 = true)
{
    private const ulong LowWord = 0xFFFF_FFFF;

    /// <summary>True for every argument: a mask of no bits.</summary>
    public bool IsVoid => Mask == 0;

    /// <summary>The condition where arguments have 32 bits.</summary>
    public Condition Narrow()
    {
        return this with { Mask = Mask & LowWord, Value = Value & LowWord, Is64 = false };
    }

    /// <summary>
    /// Whether this is tried after another one of the same level: higher arguments first, then equalities, upper bounds
    /// and lower bounds, each from its tightest on. It is the order that libseccomp tries them in.
    /// </summary>
    public bool IsTriedAfter(in Condition other)
    {
        if (Argument != other.Argument)
        {
            return Argument < other.Argument;
        }

        int rank = Rank(Operator);
        if (rank != Rank(other.Operator))
        {
            return rank > Rank(other.Operator);
        }

        return Operator is SeccompOperator.SCMP_CMP_LE or SeccompOperator.SCMP_CMP_LT
            ? Value > other.Value
            : Value < other.Value;
    }

    private static int Rank(SeccompOperator comparison) => comparison switch
    {
        SeccompOperator.SCMP_CMP_LE or SeccompOperator.SCMP_CMP_LT => 1,
        SeccompOperator.SCMP_CMP_GE or SeccompOperator.SCMP_CMP_GT => 2,
        _ => 0,
    };
}
