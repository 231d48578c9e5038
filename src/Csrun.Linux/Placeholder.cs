namespace Csrun.Linux;
