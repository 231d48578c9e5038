using System;

namespace Csrun.Shim.Ttrpc;

/// <summary>Codes of google.rpc.Status that a shim uses.</summary>
internal enum StatusCode
{
    Canceled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Unimplemented = 12,
    Internal = 13,
}

/// <summary>A call that fails, with the code and the text that the client gets.</summary>
internal sealed class TtrpcException : Exception
{
    public TtrpcException(StatusCode code, string message)
        : base(message)
    {
        Code = code;
    }

    /// <summary>The code.</summary>
    public StatusCode Code { get; }

    /// <summary>Something is not there. Clients tell the class by the text's end as much as by the code.</summary>
    public static TtrpcException NotFound(string what)
    {
        return new TtrpcException(StatusCode.NotFound, what + ": not found");
    }

    /// <summary>Something is there already.</summary>
    public static TtrpcException AlreadyExists(string what)
    {
        return new TtrpcException(StatusCode.AlreadyExists, what + ": already exists");
    }

    /// <summary>The state of something does not allow the call.</summary>
    public static TtrpcException FailedPrecondition(string what)
    {
        return new TtrpcException(StatusCode.FailedPrecondition, what + ": failed precondition");
    }

    /// <summary>The text for a message over the limit.</summary>
    internal static string TooLong(uint length)
    {
        return "message length " + length + " exceed maximum message size of " + Frame.MaxLength;
    }
}
