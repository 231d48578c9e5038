namespace Csrun.Init;
